import type { ServiceSignals } from '../model/signals.ts';
import type { PresentFigures } from './watchDraft.ts';

/** What a watch that is being asked for can rest on. */
export interface WatchFigures {
  /** What limits are proposed from. */
  readonly expected: PresentFigures;
  /** What is broken already is judged by these alone. */
  readonly present: PresentFigures;
}

const nothing: WatchFigures = { expected: null, present: null };

/** Whom a watch is about. */
interface Watched {
  /** Null for the service as a whole. */
  readonly version: string | null;
  /** Whether it gets its first calls by the change that is watched. */
  readonly hadNone: boolean;
  /** Whether the figures are in part of before the last change: those foretell nothing of how it is now. */
  readonly mixed: boolean;
}

/** Of a version without calls of its own, what the service does is what is expected, and nothing is broken yet. */
export function watchFigures(
  signals: ServiceSignals | null,
  { version, hadNone, mixed }: Watched,
): WatchFigures {
  if (signals === null || mixed) return nothing;
  if (version === null) return { expected: signals, present: signals };
  const own = Object.hasOwn(signals.versions, version) ? signals.versions[version] : undefined;
  if (own === undefined || hadNone) return { expected: signals, present: null };
  return { expected: own, present: own };
}
