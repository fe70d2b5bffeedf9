import { z } from 'zod';
import { ConnectionId, DocumentRef, EntityId, Environment } from './entity.ts';

/**
 * Divide a route's calls anew. `weights[i]` belongs to destination i of the split; the sum stays as found. Null leaves a
 * destination without a weight, which only an undo asks for: some documents had none.
 */
export const SetWeights = z.object({
  kind: z.literal('setWeights'),
  splitId: z.string(),
  connectionId: ConnectionId,
  weights: z.array(z.number().int().min(0).max(1_000_000).nullable()).min(1),
  /** What the operator saw when deciding: the fence of "someone else changed it". */
  seen: z.object({ revision: z.string(), weights: z.array(z.number().nullable()) }),
});
export type SetWeights = z.infer<typeof SetWeights>;

/** Everything that an operator can ask to be written. */
export const Operation = z.discriminatedUnion('kind', [SetWeights]);
export type Operation = z.infer<typeof Operation>;

/** One step of an RFC 6902 patch. */
export const PatchStep = z.object({
  op: z.enum(['test', 'replace', 'add', 'remove']),
  path: z.string(),
  value: z.unknown().optional(),
});
export type PatchStep = z.infer<typeof PatchStep>;

/** What would change in one document. */
export const Change = z.object({
  document: DocumentRef,
  revision: z.string(),
  patch: z.array(PatchStep),
  inverse: z.array(PatchStep),
  /** The specification as YAML, before and after. */
  before: z.string(),
  after: z.string(),
});
export type Change = z.infer<typeof Change>;

/** A check made before a write: passed, wants a tick, wants a typed name, or blocks. */
export const Guard = z.object({
  id: z.string(),
  verdict: z.enum(['pass', 'tick', 'typeName', 'block']),
  title: z.string(),
  detail: z.string().nullable(),
});
export type Guard = z.infer<typeof Guard>;

/** What traffic should look like once the write is loaded. */
export const Expectation = z.object({
  kind: z.literal('shares'),
  splitId: z.string(),
  host: z.string(),
  gateways: z.array(z.string()),
  /** Namespace of the document that governs the callers. */
  namespace: z.string().nullable(),
  /** True when other routes of the document send calls to the same destinations, so that counts cannot be told apart. */
  ambiguous: z.string().nullable(),
  destinations: z.array(
    z.object({
      index: z.number().int(),
      host: z.string(),
      subset: z.string().nullable(),
      version: z.string().nullable(),
      share: z.number(),
    }),
  ),
});
export type Expectation = z.infer<typeof Expectation>;

/** The three versions of a split when someone else wrote between looking and asking. */
export const ThreeWay = z.object({
  seen: z.array(z.number().nullable()),
  now: z.array(z.number().nullable()),
  wanted: z.array(z.number()),
  titles: z.array(z.string()),
  changedBy: z.string().nullable(),
});
export type ThreeWay = z.infer<typeof ThreeWay>;

/** A reviewed change, ready to apply: lives ten minutes and dies when its fence moves. */
export const Plan = z.object({
  id: z.string(),
  operation: Operation,
  /** "Shift payment: v1 70 → 95, v2 30 → 5". */
  title: z.string(),
  serviceId: EntityId.nullable(),
  serviceName: z.string(),
  connection: z.object({ id: ConnectionId, title: z.string(), environment: Environment, server: z.string() }),
  actor: z.string(),
  /** "VirtualService shop/payment, route “default”". */
  target: z.string(),
  changes: z.array(Change),
  guards: z.array(Guard),
  /** What will happen, in sentences with figures. */
  forecast: z.array(z.string()),
  expectation: Expectation,
  /** What each rung of the ladder will be able to say here. */
  rungs: z.array(
    z.object({ rung: z.enum(['accepted', 'declared', 'loaded', 'measured']), note: z.string() }),
  ),
  direction: z.enum(['awayFromHarm', 'towardsHarm', 'neutral']),
  threeWay: ThreeWay.nullable(),
  copies: z.object({ kubectl: z.string(), curl: z.string(), patch: z.string() }),
  undoOf: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
});
export type Plan = z.infer<typeof Plan>;

/** One step of the ladder from "the peer took it" to "the traffic shows it". */
export const Rung = z.object({
  rung: z.enum(['accepted', 'declared', 'loaded', 'measured']),
  state: z.enum(['waiting', 'seen', 'contradicted', 'unobservable']),
  /** What was seen, in words with figures. */
  detail: z.string(),
  at: z.number().nullable(),
});
export type Rung = z.infer<typeof Rung>;

/** Errors and latency around an operation, read two minutes after it took effect. */
export const Effect = z.object({
  readAt: z.number(),
  windowSeconds: z.number(),
  before: z.object({ errorRatio: z.number().nullable(), p99Ms: z.number().nullable() }),
  after: z.object({ errorRatio: z.number().nullable(), p99Ms: z.number().nullable() }),
});
export type Effect = z.infer<typeof Effect>;

/**
 * `writing`: journalled, not known to be sent; `unknown`: sent, no answer, being resolved by reading; `notWritten`: refused
 * or failed before anything changed; `written`: accepted by the peer.
 */
export const OperationState = z.enum(['writing', 'unknown', 'notWritten', 'written']);
export type OperationState = z.infer<typeof OperationState>;

/** A line of the journal: written before the write, completed after. */
export const OperationRecord = z.object({
  id: z.string(),
  at: z.number(),
  planId: z.string(),
  operation: Operation,
  title: z.string(),
  target: z.string(),
  serviceId: EntityId.nullable(),
  serviceName: z.string(),
  connection: z.object({ id: ConnectionId, title: z.string(), environment: Environment, server: z.string() }),
  actor: z.string(),
  reason: z.string(),
  changes: z.array(Change),
  expectation: Expectation,
  state: OperationState,
  /** Revision after the write, once known. */
  revisionAfter: z.string().nullable(),
  error: z.string().nullable(),
  rungs: z.array(Rung),
  effect: Effect.nullable(),
  overrides: z.array(z.string()),
  undoOf: z.string().nullable(),
  undoneBy: z.string().nullable(),
  finishedAt: z.number().nullable(),
});
export type OperationRecord = z.infer<typeof OperationRecord>;
