import { z } from 'zod';
import { ConnectionId, DocumentRef, EntityId } from './entity.ts';

/** One field of a protection, in the peer's own words. */
export const ProtectionField = z.object({
  /** Path in the document: "trafficPolicy.outlierDetection.consecutive5xxErrors". */
  key: z.string(),
  /** The field's own name: "consecutive5xxErrors". */
  title: z.string(),
  /** What it does, in a sentence. */
  help: z.string(),
  type: z.enum(['integer', 'duration', 'percent', 'text']),
  unit: z.string().nullable(),
  value: z.union([z.string(), z.number()]).nullable(),
  /** What holds while it is unset: "5", "no limit". */
  whenUnset: z.string(),
  /** What surprises people here: "0 means unlimited". */
  trap: z.string().nullable(),
});
export type ProtectionField = z.infer<typeof ProtectionField>;

/** The protections that one document declares, as a form beside its text. */
export const ProtectionForm = z.object({
  /** Stable while the document and route exist. */
  id: z.string(),
  /** "Limits and ejection for payment", "Time-out and retries of route “default”". */
  title: z.string(),
  /** Null where the document would be created. */
  document: DocumentRef.nullable(),
  revision: z.string(),
  sections: z.array(z.object({ title: z.string(), fields: z.array(ProtectionField) })),
  yaml: z.string(),
  /** Why it cannot be changed here, else null. */
  readOnly: z.string().nullable(),
});
export type ProtectionForm = z.infer<typeof ProtectionForm>;

/** A form with the system that it writes to, and the service as that system knows it. */
export const PlacedForm = ProtectionForm.extend({
  connectionId: ConnectionId,
  /** "Kubernetes east". */
  system: z.string(),
  serviceId: EntityId,
});
export type PlacedForm = z.infer<typeof PlacedForm>;

/** A call that nothing, or not enough, protects: the busiest first. */
export const UnprotectedCall = z.object({
  callId: z.string(),
  calleeId: z.string(),
  host: z.string(),
  title: z.string(),
  requestsPerSecond: z.number().nullable(),
  missing: z.array(z.enum(['timeout', 'limit', 'ejection', 'fallback'])),
  /** Why nobody can tell what it lacks; null where somebody can. */
  unknown: z.string().nullable().default(null),
});
export type UnprotectedCall = z.infer<typeof UnprotectedCall>;
