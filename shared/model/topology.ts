import { z } from 'zod';

/** A Kubernetes-like identity inside one connection. */
export const NamespacedName = z.object({ namespace: z.string(), name: z.string() });
export type NamespacedName = z.infer<typeof NamespacedName>;

/** A logical name that calls can be sent to, as one source declares it. */
export const ServiceObservation = z.object({
  namespace: z.string().nullable(),
  name: z.string(),
  kind: z.enum(['service', 'external', 'gateway']),
  /** Every host by which callers and metrics may name it, fully qualified first. */
  hosts: z.array(z.string()),
  /** Team or person, from well-known labels; null when nothing says. */
  owner: z.string().nullable(),
  createdAt: z.number().nullable(),
  /** A name that its document says it shares with the same service elsewhere (annotation `podium.dev/service`). */
  sameAs: z.string().optional(),
});
export type ServiceObservation = z.infer<typeof ServiceObservation>;

/** What runs a service: a Deployment and its like. */
export const WorkloadObservation = z.object({
  namespace: z.string(),
  name: z.string(),
  kind: z.string(),
  /** Services that select it. */
  services: z.array(NamespacedName),
  /** Istio's canonical name, or what stands for it. */
  canonicalService: z.string(),
  version: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  desiredInstances: z.number().nullable(),
  readyInstances: z.number().nullable(),
  image: z.string().nullable(),
  /** Changes of the template known from its revisions, oldest first. */
  deployments: z.array(z.object({ at: z.number(), revision: z.string(), image: z.string().nullable() })),
});
export type WorkloadObservation = z.infer<typeof WorkloadObservation>;

/** One running copy. */
export const InstanceObservation = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  workload: z.string().nullable(),
  version: z.string().nullable(),
  ready: z.boolean(),
  /** Why it is not ready, in the peer's words. */
  reason: z.string().nullable(),
  restarts: z.number().nullable(),
  lastRestartAt: z.number().nullable(),
  startedAt: z.number().nullable(),
  node: z.string().nullable(),
  /** Where it can be reached: "10.1.2.3", with its port where the source names one; absent where it does not say. */
  address: z.string().optional(),
  /** The systems that list it, by name; absent where one does. */
  listedBy: z.array(z.string()).optional(),
  /** What its containers may use, in the order in which they are declared, sidecars that begin first at the end; absent where the source keeps no such thing. */
  limits: z
    .array(
      z.object({
        name: z.string(),
        cpuRequestCores: z.number().nullable(),
        cpuLimitCores: z.number().nullable(),
        memoryRequestBytes: z.number().nullable(),
        memoryLimitBytes: z.number().nullable(),
      }),
    )
    .optional(),
  /** How the container that ended last ended, or one that was killed for memory within an hour before; absent where none did. */
  lastEnd: z
    .object({
      container: z.string(),
      /** "OOMKilled". */
      reason: z.string(),
      exitCode: z.number().nullable(),
      at: z.number().nullable(),
    })
    .optional(),
});
export type InstanceObservation = z.infer<typeof InstanceObservation>;

/** A call that a document or a proxy's configuration tells of, whether or not anybody makes it. */
export const CallObservation = z.object({
  caller: NamespacedName,
  callee: NamespacedName,
  /** In words: "upstream of its proxy", "intention". */
  basis: z.string(),
  /** Whether policy lets it through; null where nothing says. */
  allowed: z.boolean().nullable(),
});
export type CallObservation = z.infer<typeof CallObservation>;

/** What one source knows of the topology, whole. Sources are merged by the console. */
export const TopologyObservation = z.object({
  observedAt: z.number(),
  services: z.array(ServiceObservation),
  workloads: z.array(WorkloadObservation),
  instances: z.array(InstanceObservation),
  /** Calls that are declared; empty where the peer declares none. */
  calls: z.array(CallObservation).optional(),
  /** What could not be read, in words; the rest still holds. */
  problems: z.array(z.string()),
});
export type TopologyObservation = z.infer<typeof TopologyObservation>;
