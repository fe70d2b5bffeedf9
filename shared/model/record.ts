import { z } from 'zod';
import { Change, Expectation } from './change.ts';
import { ConnectionId, EntityId, Environment } from './entity.ts';
import { Operation } from './operation.ts';
import { HoldState, WatchState } from './watch.ts';
import { WebhookTold } from './webhook.ts';

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
 * or failed before anything changed; `partly`: some of its documents were written, the next was refused; `written`: accepted
 * by the peer.
 */
export const OperationState = z.enum(['writing', 'unknown', 'notWritten', 'partly', 'written']);
export type OperationState = z.infer<typeof OperationState>;

/** Where in a set of changes one of them stands. */
export const SetPlace = z.object({
  position: z.number().int(),
  /** Titles of all changes of the set, in the order in which they are applied. */
  titles: z.array(z.string()),
  /** Why nothing follows after this one, once somebody said so; null while the set goes on, or was cut off. */
  ended: z.string().nullable(),
});
export type SetPlace = z.infer<typeof SetPlace>;

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
  /** Revision of the first document after the write, once known. */
  revisionAfter: z.string().nullable(),
  /** How many of `changes`, from the first, the peer has; null while that is not known. */
  writtenChanges: z.number().int().nullable().default(null),
  error: z.string().nullable(),
  /** Why others are not told of it on its object; null where they are, or where nothing can be noted there. */
  noteProblem: z.string().nullable().default(null),
  /** What the webhook was told of it; null where none was to be told, or nothing was yet. */
  told: WebhookTold.nullable().default(null),
  rungs: z.array(Rung),
  effect: Effect.nullable(),
  overrides: z.array(z.string()),
  undoOf: z.string().nullable(),
  undoneBy: z.string().nullable(),
  /** Of a trip: when and how it ends. */
  hold: HoldState.nullable().default(null),
  /** What is watched after the write, if anything. */
  watch: WatchState.nullable().default(null),
  /** Operations that were reviewed and applied together, in order. */
  setId: z.string().nullable().default(null),
  /** Its place in that set, and what the whole is: so that a later run can tell what of it was never begun. */
  set: SetPlace.nullable().default(null),
  /** The guided canary it is a step of. */
  canaryId: z.string().nullable().default(null),
  finishedAt: z.number().nullable(),
});
export type OperationRecord = z.infer<typeof OperationRecord>;
