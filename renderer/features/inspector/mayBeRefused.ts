import type { CallSignals } from '../../../shared/model/signals.ts';

/** How proxies flag calls whose packets somebody drops: no connection, or no answer (Envoy, response flags). */
const unanswered: ReadonlySet<string> = new Set(['UF', 'UC', 'UT', 'UR', 'LR', 'URX', 'UH', 'SI']);

/** Whether a policy may stop some of the calls: they are answered "forbidden", fail, or get no answer at all. */
export function mayBeRefused(signals: CallSignals | null): boolean {
  if (signals === null) return false;
  const { forbiddenRatio, health, flags, neverArrivedRatio, errorRatio } = signals;
  if (isSome(forbiddenRatio) || health === 'failing' || health === 'degraded') return true;
  if (Object.entries(flags).some(([flag, ratio]) => ratio > 0 && unanswered.has(flag))) return true;
  // What is answered on the way by a trip never arrives either, and fails nobody.
  return isSome(neverArrivedRatio) && errorRatio !== 0;
}

const isSome = (ratio: number | null): boolean => ratio !== null && ratio > 0;
