import { z } from 'zod';
import { ConnectionId, EntityId } from './entity.ts';

/** A time in which nobody looked at a connection. Epoch ms by this machine's clock as it is set now. */
export const Absence = z.object({
  connectionId: ConnectionId,
  connectionTitle: z.string(),
  from: z.number(),
  to: z.number(),
  /** Somebody has seen what happened in it. */
  closed: z.boolean(),
});
export type Absence = z.infer<typeof Absence>;

/** One thing that happened meanwhile. All names and texts are the cluster's own. */
export const AwayLine = z.object({
  kind: z.enum(['failure', 'alert', 'change', 'warning', 'operation']),
  tone: z.enum(['bad', 'warn', 'neutral']),
  serviceId: EntityId.nullable(),
  /** The service, or whatever it is about. */
  name: z.string(),
  /** What happened, without name and time: "failing, worst 38 %". */
  text: z.string(),
  from: z.number(),
  /** Null while it goes on; the same as `from` for what happens in a moment. */
  to: z.number().nullable(),
  /** Calls that failed; null where that is not known or not meant. */
  lostCalls: z.number().nullable(),
  operationId: z.string().nullable(),
});
export type AwayLine = z.infer<typeof AwayLine>;

/** What happened to one connection while nobody looked, calls lost first. */
export const AwaySummary = z.object({
  connectionId: ConnectionId,
  from: z.number(),
  to: z.number(),
  lines: z.array(AwayLine),
  /** As many more are not told. */
  more: z.number().int(),
  /** Who lost calls, of how many, without a time at which that could be told; no line tells of them. Most lost first. */
  untimed: z.array(
    z.object({ serviceId: EntityId, name: z.string(), lostCalls: z.number(), calls: z.number() }),
  ),
  /** Whether calls were counted, and that was read: without it nobody knows whether any failed. */
  counted: z.boolean(),
  /** What is known of a part of the time only: "events" since when. */
  reaches: z.array(z.object({ what: z.string(), since: z.number() })),
  /** What could be read and tells of a part only, in words: reading it again tells no more. */
  notes: z.array(z.string()),
  /** What could not be read, in words. */
  problems: z.array(z.string()),
});
export type AwaySummary = z.infer<typeof AwaySummary>;
