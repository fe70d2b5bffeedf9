import type { LogInstance } from '../../model/log.ts';
import type { ServiceKey } from './reading.ts';

/** What the containers behind a service write. Nothing of it is kept anywhere. */
export interface LogSource {
  /** The instances behind a service and their containers. */
  instances(service: ServiceKey, signal: AbortSignal): Promise<readonly LogInstance[]>;
  /**
   * What one container wrote, oldest first, as fast as it is taken: nothing is read ahead of the reader. Ends where the log
   * does; one that is followed ends when the instance is gone. Throws `PeerError` where it cannot be read at all.
   */
  read(container: LogOf, how: LogRead, signal: AbortSignal): AsyncIterable<readonly LogPiece[]>;
  /** One line whole, up to a mebibyte; null when it is no longer there. */
  line(
    container: LogOf,
    cut: CutLog,
    how: { readonly previous: boolean },
    signal: AbortSignal,
  ): Promise<string | null>;
}

/** One container of one instance. */
export interface LogOf {
  readonly namespace: string;
  readonly instance: string;
  readonly container: string;
}

/** A line as it was told, cut. */
export type CutLog = Pick<Extract<LogPiece, { readonly kind: 'line' }>, 'stamp' | 'text'>;

export interface LogRead {
  readonly previous: boolean;
  readonly follow: boolean;
  /** Epoch ms; null for the newest lines. */
  readonly sinceAt: number | null;
  /** From `sinceAt` the first so many, else the newest so many. */
  readonly lines: number;
}

export type LogPiece =
  | {
      readonly kind: 'line';
      readonly at: number | null;
      readonly stamp: string;
      readonly text: string;
      readonly missingChars: number;
    }
  | { readonly kind: 'note'; readonly tone: 'calm' | 'warn'; readonly text: string }
  /** All that was written before it was asked for has been told; what comes now is new. */
  | { readonly kind: 'caughtUp' };
