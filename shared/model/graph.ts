import { z } from 'zod';
import { CallId, ConnectionId, EntityId } from './entity.ts';

/** A version of a service and how many of its instances are ready. */
export const GraphVersion = z.object({
  version: z.string(),
  workloads: z.array(z.string()),
  readyInstances: z.number().nullable(),
  desiredInstances: z.number().nullable(),
});
export type GraphVersion = z.infer<typeof GraphVersion>;

/** One system's view of a service that several systems know. */
export const Face = z.object({
  serviceId: EntityId,
  connectionId: ConnectionId,
  /** "Kubernetes prod-eu". */
  system: z.string(),
  name: z.string(),
  namespace: z.string().nullable(),
  /** By which callers in this system may name it, fully qualified first. */
  hosts: z.array(z.string()),
  readyInstances: z.number().nullable(),
  desiredInstances: z.number().nullable(),
  versions: z.array(z.string()),
  /** Why it is taken for the same service; null of the face that the node goes by. */
  reason: z.string().nullable(),
});
export type Face = z.infer<typeof Face>;

/** A node of the map. Carries nothing that ticks; figures come by id in `SignalsTick`. */
export const GraphService = z.object({
  id: EntityId,
  connectionId: ConnectionId,
  /** `workload`: traffic without a service of that name; `unknown`: callers no source can name. */
  kind: z.enum(['service', 'gateway', 'external', 'workload', 'unknown']),
  name: z.string(),
  namespace: z.string().nullable(),
  owner: z.string().nullable(),
  hosts: z.array(z.string()),
  versions: z.array(GraphVersion),
  readyInstances: z.number().nullable(),
  desiredInstances: z.number().nullable(),
  /** Restarts of its instances within the last hour; null when no source counts them. */
  recentRestarts: z.number().nullable(),
  createdAt: z.number().nullable(),
  sameAs: z.string().optional(),
  /** The systems that know it, where there is more than one; the first is the one it goes by. */
  faces: z.array(Face).optional(),
});
export type GraphService = z.infer<typeof GraphService>;

/** An edge of the map: calls from one service to another. */
export const GraphCall = z.object({
  id: CallId,
  callerId: EntityId,
  calleeId: EntityId,
  protocols: z.array(z.enum(['http', 'grpc', 'tcp'])),
  asynchronous: z.boolean(),
  /** What declares it ("upstream of its proxy", "intention, which denies it"); absent where only traffic tells of it. */
  declared: z.string().optional(),
  /** True while nothing but a declaration tells of it: nobody was seen calling. */
  unseen: z.literal(true).optional(),
});
export type GraphCall = z.infer<typeof GraphCall>;

/** The map's shape: the whole first, then only what changed. */
export const GraphUpdate = z.object({
  full: z.boolean(),
  services: z.array(GraphService),
  calls: z.array(GraphCall),
  gone: z.object({ services: z.array(EntityId), calls: z.array(CallId) }),
  /** What the map does not show and why, in words. */
  problems: z.array(z.string()),
});
export type GraphUpdate = z.infer<typeof GraphUpdate>;

/** The map of one connection as it was last seen, kept so that a start without any peer shows more than nothing. */
export const LastPicture = z.object({
  at: z.number(),
  services: z.array(GraphService),
  calls: z.array(GraphCall),
});
export type LastPicture = z.infer<typeof LastPicture>;
