import { z } from 'zod';
import { ConnectionId, DocumentRef, EntityId } from './entity.ts';

/** A call as an operator points at it: the service called, and one caller or all of them. */
export const CallTarget = z.object({
  calleeId: EntityId,
  /** The callee as the peer's documents name it, fully qualified. */
  host: z.string(),
  /** Null for every caller that the mechanism can govern. */
  caller: z.object({ id: EntityId, namespace: z.string().nullable(), name: z.string() }).nullable(),
});
export type CallTarget = z.infer<typeof CallTarget>;

/** What callers get when the service itself may not answer. */
export const Fallback = z.discriminatedUnion('kind', [
  /** Another service, or another version of the same. */
  z.object({ kind: z.literal('service'), host: z.string(), subset: z.string().nullable() }),
  /** A fixed answer that the callers' proxies give. */
  z.object({
    kind: z.literal('answer'),
    status: z.number().int().min(200).max(599),
    body: z.string().max(4096),
  }),
]);
export type Fallback = z.infer<typeof Fallback>;

/** How a call is tripped. */
export const TripMechanism = z.discriminatedUnion('kind', [
  /** The callers' proxies refuse at once with this status. */
  z.object({ kind: z.literal('refuse'), status: z.number().int().min(400).max(599) }),
  z.object({ kind: z.literal('divert'), to: Fallback }),
  /** The callee's proxies deny it (403); for where a controller would overwrite a route. */
  z.object({ kind: z.literal('deny') }),
  /** The callers' own breaker of this name is forced open, or let through everything (`disabled`), in each of their instances. */
  z.object({
    kind: z.literal('breaker'),
    name: z.string().min(1).max(200),
    state: z.enum(['forcedOpen', 'disabled']),
  }),
  /** The callers' proxies refuse every call by a limit of 0 that is set in the memory of each while it runs. */
  z.object({ kind: z.literal('runtime') }),
  /** A rule that lets none through blocks these resources in each instance of an application, inside its own process. */
  z.object({
    kind: z.literal('block'),
    /** Whose instances. */
    application: z.string().min(1).max(200),
    resources: z.array(z.string().min(1).max(1_000)).min(1).max(100),
  }),
]);
export type TripMechanism = z.infer<typeof TripMechanism>;

/** What a peer can do to one call, for the form; asked when it is opened. */
export const TripOption = z.object({
  /** `breakerOff` is a breaker that is let through everything; `closeBreaker` ends what it does now, and is no trip. */
  mechanism: z.enum([
    'refuse',
    'divert',
    'deny',
    'breaker',
    'breakerOff',
    'closeBreaker',
    'runtime',
    'block',
  ]),
  /** Which breaker; only where that is the mechanism. */
  breaker: z.string().optional(),
  /** What is blocked, and in whose instances; only where that is the mechanism. */
  blocked: z.object({ application: z.string(), resources: z.array(z.string()) }).optional(),
  title: z.string(),
  /** What callers get and whom it reaches, in words. */
  effect: z.string(),
  /** Whether it can be meant for one caller only. */
  perCaller: z.boolean(),
  /** Why it cannot be used here, else null. */
  unavailable: z.string().nullable(),
});
export type TripOption = z.infer<typeof TripOption>;

/** A system through which a call can be tripped, with the call as it knows it. */
export const TripPlace = z.object({
  connectionId: ConnectionId,
  /** "Consul dc2". */
  system: z.string(),
  /** The caller is null where none was meant, and where the system does not know it. */
  call: CallTarget,
  /** What speaks for it or against it, in words. */
  why: z.string(),
});
export type TripPlace = z.infer<typeof TripPlace>;

/** A trip that a document carries, whoever made it. */
export const HeldTrip = z.object({
  /** Unique in its connection. */
  id: z.string(),
  connectionId: ConnectionId,
  document: DocumentRef,
  revision: z.string(),
  host: z.string(),
  /** Null while the map does not know the service. */
  calleeId: EntityId.nullable(),
  caller: z.object({ namespace: z.string().nullable(), name: z.string() }).nullable(),
  mechanism: TripMechanism,
  /** Epoch ms: in a connector and the console by the peer's clock, in a window by this machine's. */
  until: z.number(),
  since: z.number().nullable(),
  /** Set where the peer did not tell its time, so that `until` may be off by what the clocks differ. */
  timeDoubt: z.boolean().optional(),
  by: z.string(),
  reason: z.string(),
  /** The operation that made it, of whichever Podium. */
  operationId: z.string(),
});
export type HeldTrip = z.infer<typeof HeldTrip>;
