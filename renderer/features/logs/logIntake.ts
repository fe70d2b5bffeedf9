import type { LogBatch } from '../../../shared/model/log.ts';
import { emptyBuffer, type LogBuffer, withEntries } from './logBuffer.ts';

/** What was read so far, and whether more is to come. */
export interface LogStream {
  readonly buffer: LogBuffer;
  readonly phase: 'asking' | LogBatch['phase'];
  readonly problem: string | null;
}

export const nothingYet: LogStream = { buffer: emptyBuffer, phase: 'asking', problem: null };

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
      stream = { ...nothingYet };
    },
    add({ entries, phase }) {
      stream = { buffer: withEntries(stream.buffer, entries), phase, problem: null };
    },
  };
}
