import { z } from 'zod';
import { ConnectionId, EntityId } from './entity.ts';
import { Permission } from './connection.ts';

/** One container of an instance, as far as its log goes. */
export const LogContainer = z.object({
  name: z.string(),
  kind: z.enum(['app', 'sidecar', 'init']),
  /** "running", "waiting: CrashLoopBackOff", "ended: Error (1)"; null where nobody says. */
  state: z.string().nullable(),
  restarts: z.number().int().nullable(),
});
export type LogContainer = z.infer<typeof LogContainer>;

/** An instance whose containers write logs. */
export const LogInstance = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  containers: z.array(LogContainer),
  /** The container that is meant where none is named; null where there is none at all. */
  usual: z.string().nullable(),
});
export type LogInstance = z.infer<typeof LogInstance>;

/** What is asked of the logs behind one service. */
export const LogAsk = z.object({
  serviceId: EntityId,
  /** Names of instances; null for all of them, also those that come later. */
  instances: z.array(z.string().max(253)).max(100).nullable(),
  /** Null for each instance's usual one. */
  container: z.string().max(253).nullable(),
  /** Of the run before the last restart; such a log is over and cannot be followed. */
  previous: z.boolean(),
  follow: z.boolean(),
  /** Epoch ms: from then on, at most `lines` of each instance, the oldest first. Null for the newest `lines`. */
  sinceAt: z.number().nullable(),
  lines: z.number().int().min(1).max(5_000),
});
export type LogAsk = z.infer<typeof LogAsk>;

/** A line that a container wrote, as it wrote it: hostile text, with all its escape sequences. */
export const LogLine = z.object({
  kind: z.literal('line'),
  connectionId: ConnectionId,
  namespace: z.string(),
  instance: z.string(),
  container: z.string(),
  /** Epoch ms; null where the peer gave the line no time. */
  at: z.number().nullable(),
  /** The same as the peer wrote it, to the nanosecond; empty where it gave none. */
  stamp: z.string(),
  text: z.string(),
  /** Characters that were cut off its end. */
  missingChars: z.number().int(),
});
export type LogLine = z.infer<typeof LogLine>;

/** Something to know about the lines around it: a restart, an instance that came or went, what could not be read. */
export const LogNote = z.object({
  kind: z.literal('note'),
  instance: z.string().nullable(),
  at: z.number(),
  tone: z.enum(['calm', 'warn']),
  text: z.string(),
  /** The right that is missing, where that is why. */
  denied: Permission.nullable(),
});
export type LogNote = z.infer<typeof LogNote>;

export const LogEntry = z.discriminatedUnion('kind', [LogLine, LogNote]);
export type LogEntry = z.infer<typeof LogEntry>;

/** The next entries, in the order of their times; `live` once all that was there before has been told. */
export const LogBatch = z.object({
  phase: z.enum(['past', 'live', 'over']),
  entries: z.array(LogEntry),
});
export type LogBatch = z.infer<typeof LogBatch>;

/** One line, to be read again whole: found by its time and by how it begins. */
export const LogLineRef = LogLine.pick({
  connectionId: true,
  namespace: true,
  instance: true,
  container: true,
  stamp: true,
  text: true,
}).extend({ previous: z.boolean() });
export type LogLineRef = z.infer<typeof LogLineRef>;
