import { z } from 'zod';
import { DocumentRef } from './entity.ts';
import { WorkloadRef } from './workload.ts';

/** How a configuration gets into a process, and what it takes for a change to arrive there. */
export const ConfigReach = z.object({
  /** Null where it is no workload in particular: proxies of a mesh, which `how` names. */
  workload: WorkloadRef.nullable(),
  /** "container app: mounted at /etc/app", "environment variable DB_URL of container app". */
  how: z.string(),
  /** `hot`: the mounted file updates itself and something reloads; `file`: the file updates, whether the process reads it again is unknown; `told`: processes that listen are told at once, whether they take it over is unknown; `restart`: only new pods get it. */
  arrival: z.enum(['hot', 'file', 'told', 'restart']),
  /** Why it is believed so. */
  why: z.string(),
});
export type ConfigReach = z.infer<typeof ConfigReach>;

/** One key of a configuration document. Of a Secret the value is null until asked for. */
export const ConfigEntry = z.object({
  key: z.string(),
  value: z.string().nullable(),
  bytes: z.number().int().nullable(),
  binary: z.boolean(),
  /** Why there is no value: `secret` where it looks like one and is shown when asked for, `masked` where the peer keeps it to itself. */
  cover: z.enum(['secret', 'masked']).optional(),
  /** What more is known of it: where it comes from, what stands above it, instances that have another value. */
  notes: z.array(z.string()).optional(),
});
export type ConfigEntry = z.infer<typeof ConfigEntry>;

/** A document that configures a service. */
export const ConfigDocument = z.object({
  document: DocumentRef,
  revision: z.string(),
  kind: z.enum([
    'configMap',
    'secret',
    'environment',
    'mesh',
    'keys',
    'file',
    'configServer',
    'overrides',
    'loggers',
    'rules',
  ]),
  entries: z.array(ConfigEntry),
  /** The whole document as YAML; null for Secrets and for what is no document of its own. */
  yaml: z.string().nullable(),
  immutable: z.boolean(),
  reach: z.array(ConfigReach),
  /** Who wrote it, by managedFields, newest first. */
  writers: z.array(z.object({ who: z.string(), at: z.number().nullable() })),
  readOnly: z.string().nullable(),
});
export type ConfigDocument = z.infer<typeof ConfigDocument>;

/** A key or value found by a search over all services. */
export const ConfigHit = z.object({
  document: DocumentRef,
  key: z.string(),
  /** The line that matched; null for Secrets, of which only keys are searched. */
  line: z.string().nullable(),
  /** Services configured by it, as `namespace/name`. */
  services: z.array(z.string()),
});
export type ConfigHit = z.infer<typeof ConfigHit>;

/** One recorded version of a document. */
export const ConfigVersion = z.object({
  at: z.number().nullable(),
  who: z.string(),
  /** "Podium’s journal", "managedFields", "ControllerRevision 3". */
  source: z.string(),
  operationId: z.string().nullable(),
  /** What more is known of it, or why no more is: "of what it set, this still stands: data.LIMIT". */
  note: z.string().nullable(),
  /** Null where only who and when are known. */
  yaml: z.string().nullable(),
});
export type ConfigVersion = z.infer<typeof ConfigVersion>;
