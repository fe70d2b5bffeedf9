import { z } from 'zod';
import { ConnectionId, DocumentRef, EntityId } from './entity.ts';

/** Who else writes a document, and what that means for us. */
export const Ownership = z.object({
  owner: z.enum(['argo-cd', 'flux', 'helm', 'argo-rollouts', 'flagger', 'consul-k8s', 'controller']),
  /** The owner's own name for itself: app, kustomization, release, rollout, canary. */
  name: z.string(),
  /** What happens to our change, in words. */
  consequence: z.string(),
  /** True where a rollout controller decides the weights: then the split is read-only. */
  decidesWeights: z.boolean(),
});
export type Ownership = z.infer<typeof Ownership>;

/** One way a split can send a call. Its share is `weight / Σ weights`. */
export const SplitDestination = z.object({
  /** Position in the route; with `host`, `subset` and `port` it is what a write tests before it replaces. */
  index: z.number().int(),
  host: z.string(),
  subset: z.string().nullable(),
  port: z.number().nullable(),
  /** What to call it on screen: the version, the subset or the host. */
  title: z.string(),
  /** Version label that metrics carry for it; null when it cannot be told. */
  version: z.string().nullable(),
  /** Null where the document names no weight (a single destination takes all). */
  weight: z.number().nullable(),
  readyInstances: z.number().nullable(),
  /** Why traffic sent here fails ("subset v3 is not declared"), else null. */
  problem: z.string().nullable(),
});
export type SplitDestination = z.infer<typeof SplitDestination>;

/** One route of one document that divides calls over versions, as declared. */
export const Split = z.object({
  /** `<document uid>/<route kind>/<route name or position>`. */
  id: z.string(),
  connectionId: ConnectionId,
  document: DocumentRef,
  revision: z.string(),
  /** The service whose calls it divides; null while the map does not know it. */
  serviceId: EntityId.nullable(),
  route: z.object({
    index: z.number().int(),
    /** The route's own name, else "route 1". */
    title: z.string(),
    /** Which requests take it, in words: "all requests", "path begins with /pay". */
    match: z.string(),
    protocol: z.enum(['http', 'tls', 'tcp']),
  }),
  hosts: z.array(z.string()),
  /** Which proxies it governs: `mesh` for sidecars, else gateways as namespace/name. */
  gateways: z.array(z.string()),
  /** The smallest difference of weights that the peer keeps (0.01 of Consul's hundred); 1 unless said. */
  weightStep: z.number().positive().optional(),
  /** Whether the weights may come to another sum: the one found is too small to divide calls finely. */
  freeSum: z.boolean().optional(),
  destinations: z.array(SplitDestination),
  ownership: Ownership.nullable(),
  /** What a route beside it may look at, and whether requests can be mirrored; all but a path, and yes, unless said. */
  beside: z
    .object({ by: z.array(z.enum(['header', 'cookie', 'caller', 'path'])), mirror: z.boolean() })
    .optional(),
  /** What the controllers that are to follow the document say of it; absent where documents carry no such word. */
  standing: z.object({ state: z.enum(['working', 'waiting', 'refused']), text: z.string() }).optional(),
  /** Why it cannot be changed here at all, else null. */
  readOnly: z.string().nullable(),
  /** Another console or this one changed it last, when and who, if the document says. */
  changedBy: z.object({ who: z.string(), at: z.number().nullable() }).nullable(),
});
export type Split = z.infer<typeof Split>;

/** Shares seen in traffic since a time, with Wilson's interval. */
export const MeasuredSplit = z.object({
  splitId: z.string(),
  since: z.number(),
  until: z.number(),
  total: z.number(),
  shares: z.array(
    z.object({
      index: z.number().int(),
      count: z.number(),
      share: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    }),
  ),
  /** The calls of each caller that a route beside it names, by destination of the split, in its order. */
  callers: z.array(z.object({ routeId: z.string(), counts: z.array(z.number()) })).default([]),
});
export type MeasuredSplit = z.infer<typeof MeasuredSplit>;
