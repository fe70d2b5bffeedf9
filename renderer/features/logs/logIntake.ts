import type { LogBatch } from '../../../shared/model/log.ts';
import { emptyBuffer, type LogBuffer, type ShownEntry, withEntries } from './logBuffer.ts';

/** What was read so far, and whether more is to come. */
export interface LogStream {
  readonly buffer: LogBuffer;
  readonly phase: 'asking' | LogBatch['phase'];
  readonly problem: string | null;
  /** Another one whenever reading began anew, and with it the numbers of its entries. */
  readonly run: object;
}

export const nothingYet: LogStream = { buffer: emptyBuffer, phase: 'asking', problem: null, run: {} };

/**
 * Takes what a stream brings as it comes, so that no more than a full buffer is ever held: the window may be hidden, and then
 * hardly ever draws, however much is written.
 */
export interface LogIntake {
  readonly stream: LogStream;
  /** A stream begins: what was read before is read again. */
  begin(): void;
  add(batch: LogBatch): void;
}

export function createLogIntake(): LogIntake {
  let stream = nothingYet;
  return {
    get stream() {
      return stream;
    },
    begin() {
      stream = { ...nothingYet, run: {} };
    },
    add({ entries, phase }) {
      stream = { ...stream, buffer: withEntries(stream.buffer, entries), phase, problem: null };
    },
  };
}

/** What stood there when somebody paused; reading goes on behind it. */
export type Paused = Pick<LogStream, 'buffer' | 'run'>;

/** What is paused still: once reading began anew the lines that stood there are of another run. Null when it goes on. */
export function pausedIn(paused: Paused | null, { buffer, run }: Paused) {
  if (paused?.run !== run) return null;
  const entries: readonly ShownEntry[] = paused.buffer.entries;
  return { entries, since: buffer.next - paused.buffer.next };
}
