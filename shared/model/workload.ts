import { z } from 'zod';
import { ConnectionId } from './entity.ts';

/** A thing that runs instances. */
export const WorkloadRef = z.object({
  /** `Rollout` is Argo Rollouts', `Canary` Flagger's. `Application`: what a registry knows the instances of, without knowing what runs them. */
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'Canary', 'Application']),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
});
export type WorkloadRef = z.infer<typeof WorkloadRef>;

/** One recorded revision of a workload's pod template. */
export const WorkloadRevision = z.object({
  revision: z.number().int(),
  at: z.number().nullable(),
  /** "kubernetes.io/change-cause", if someone wrote one. */
  cause: z.string().nullable(),
  images: z.array(z.string()),
  current: z.boolean(),
});
export type WorkloadRevision = z.infer<typeof WorkloadRevision>;

/** A workload behind a service, as the operator can act on it. */
export const WorkloadView = z.object({
  ref: WorkloadRef,
  connectionId: ConnectionId,
  revision: z.string(),
  version: z.string().nullable(),
  /** What is asked for; null where nobody asks (a DaemonSet). */
  replicas: z.number().int().nullable(),
  /** Null where its status counts none. */
  readyReplicas: z.number().int().nullable(),
  updatedReplicas: z.number().int().nullable(),
  paused: z.boolean(),
  /** What can be done to it; absent where everything can that its kind knows. */
  verbs: z
    .array(
      z.enum([
        'scale',
        'restart',
        'pause',
        'resume',
        'rollBack',
        'drain',
        'putBack',
        'promote',
        'promoteFull',
        'abort',
        'retry',
      ]),
    )
    .optional(),
  /** The steps by which a controller of its own gives a new version its calls; absent where none does. */
  steps: z
    .object({
      owner: z.string(),
      items: z.array(z.object({ text: z.string(), state: z.enum(['done', 'now', 'ahead']) })),
      /** Percent that the new version gets now, as the controller says. */
      weight: z.number().nullable(),
      analysis: z.array(z.object({ name: z.string(), state: z.string(), text: z.string() })),
      note: z.string(),
    })
    .optional(),
  /** "rolling out: 2 of 4 updated", "stuck: …", null when at rest. */
  rollout: z.object({ state: z.enum(['moving', 'stuck']), text: z.string() }).nullable(),
  /** An autoscaler that decides the replicas: its name and bounds. */
  autoscaler: z.object({ name: z.string(), min: z.number(), max: z.number() }).nullable(),
  revisions: z.array(WorkloadRevision),
  instances: z.array(
    z.object({
      name: z.string(),
      uid: z.string(),
      ready: z.boolean(),
      startedAt: z.number().nullable(),
      /** Taken out of the traffic by hand, by whom and since when where it says. */
      drained: z.object({ by: z.string().nullable(), at: z.number().nullable() }).nullable(),
    }),
  ),
});
export type WorkloadView = z.infer<typeof WorkloadView>;

/** Requests per second that the proxies of single instances answered; who is not in it is not known, which is not zero. */
export const InstanceRates = z.object({
  /** "Prometheus 2.53 · Istio metrics". */
  source: z.string(),
  windowSeconds: z.number(),
  /** By the uid of the instance. */
  perSecond: z.record(z.string(), z.number()),
});
export type InstanceRates = z.infer<typeof InstanceRates>;

/** The workloads behind a service; rates are null where no source counts them by instance. */
export const WorkloadsRead = z.object({
  workloads: z.array(WorkloadView),
  rates: InstanceRates.nullable(),
  problems: z.array(z.string()),
});
export type WorkloadsRead = z.infer<typeof WorkloadsRead>;

/** What can be done to a workload. */
export const WorkloadAction = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('scale'), replicas: z.number().int().min(0).max(10_000) }),
  z.object({ verb: z.literal('restart') }),
  z.object({ verb: z.literal('pause') }),
  z.object({ verb: z.literal('resume') }),
  z.object({ verb: z.literal('rollBack'), revision: z.number().int().min(0) }),
  /** Takes one instance out of the traffic; the workload puts another in its place. */
  z.object({ verb: z.literal('drain'), instance: z.string() }),
  z.object({ verb: z.literal('putBack'), instance: z.string() }),
  /** Ends the step that a Rollout is at; the others skip what is left, go back, and begin anew. */
  z.object({ verb: z.literal('promote') }),
  z.object({ verb: z.literal('promoteFull') }),
  z.object({ verb: z.literal('abort') }),
  z.object({ verb: z.literal('retry') }),
]);
export type WorkloadAction = z.infer<typeof WorkloadAction>;
