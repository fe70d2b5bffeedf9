import { z } from 'zod';
import { EntityId } from './entity.ts';
import { WorkloadRef } from './workload.ts';

/** Any object of the cluster behind a service. */
export const ObjectAsk = z.object({
  serviceId: EntityId,
  apiVersion: z.string().max(100),
  kind: z.string().max(100),
  namespace: z.string().max(253).nullable(),
  name: z.string().max(253),
  /** With the fields that say who manages what, which are half of an object and tell on-call nothing. */
  withManagedFields: z.boolean(),
});
export type ObjectAsk = z.infer<typeof ObjectAsk>;

/** An object as it stands; values of a Secret are not in it. */
export const ObjectText = z.object({
  yaml: z.string(),
  /** What was left out or covered, in words. */
  notes: z.array(z.string()),
});
export type ObjectText = z.infer<typeof ObjectText>;

/** Two recorded templates of a workload, to be compared. */
export const TemplatesAsk = z.object({
  serviceId: EntityId,
  workload: WorkloadRef,
  from: z.number().int(),
  to: z.number().int(),
});

/** Both as text; null where one is no longer recorded. */
export const Templates = z.object({ from: z.string().nullable(), to: z.string().nullable() });
export type Templates = z.infer<typeof Templates>;
