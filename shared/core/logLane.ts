import type { LogPiece } from '../connectors/kit/logs.ts';
import type { LogEntry } from '../model/log.ts';
import type { Pulse } from './pulse.ts';

/** One container's log on its way into the merged one. Holds a few lines, and reads on only when they were taken. */
export interface LogLane {
  /** What was there before is told. */
  readonly caughtUp: boolean;
  /** It waits for `take` before it reads on. */
  readonly isFull: boolean;
  readonly ended: boolean;
  take(): LogEntry[];
}

/** As long as more is held nothing is read: TCP makes the peer wait, and no line is lost. */
const mostHeld = 6_000;
const mostHeldChars = 2 * 1024 * 1024;

/** Reads until the log ends or fails; `news` is rung whenever something came of it. */
export function createLogLane(
  pieces: AsyncIterable<readonly LogPiece[]>,
  tell: (piece: Exclude<LogPiece, { readonly kind: 'caughtUp' }>) => LogEntry,
  failed: (thrown: unknown) => LogEntry,
  news: Pulse,
): LogLane {
  let held: LogEntry[] = [];
  let chars = 0;
  let resume: (() => void) | null = null;
  const state = { caughtUp: false, ended: false };
  const isFull = (): boolean => held.length >= mostHeld || chars >= mostHeldChars;
  const hold = (entry: LogEntry): void => {
    held.push(entry);
    chars += entry.text.length;
  };
  const run = async (): Promise<void> => {
    try {
      for await (const some of pieces) {
        for (const piece of some) {
          if (piece.kind === 'caughtUp') state.caughtUp = true;
          else hold(tell(piece));
        }
        news.bump();
        if (isFull()) await new Promise<void>((resolve) => (resume = resolve));
      }
    } catch (thrown) {
      hold(failed(thrown));
    }
    state.ended = true;
    state.caughtUp = true;
    news.bump();
  };
  void run();
  return {
    get caughtUp() {
      return state.caughtUp;
    },
    get isFull() {
      return isFull();
    },
    get ended() {
      return state.ended;
    },
    take() {
      const taken = held;
      held = [];
      chars = 0;
      resume?.();
      resume = null;
      return taken;
    },
  };
}
