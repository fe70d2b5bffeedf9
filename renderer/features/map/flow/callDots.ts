import type { CallId } from '../../../../shared/model/entity.ts';
import type { CallSignals } from '../../../../shared/model/signals.ts';

/** However many calls there are: these can be followed by the eye, and drawn again many times a second. */
const mostDotted = 60;

/** Space between dots in pixels, from much traffic to little. All of them part `loopPx`, so that the loop has no seam. */
const gapsPx = [16, 24, 32, 48, 96] as const;

/** How far dots have gone when the picture is the first one again. */
export const loopPx = 96;

/** The busiest of the calls, which get dots; one that is idle, or that nobody counts, gets none. */
export function dottedCalls(
  calls: readonly { readonly id: CallId }[],
  signals: ReadonlyMap<CallId, Pick<CallSignals, 'requestsPerSecond'>>,
): readonly CallId[] {
  return calls
    .map(({ id }) => ({ id, rate: signals.get(id)?.requestsPerSecond ?? null }))
    .filter((call): call is { id: CallId; rate: number } => call.rate !== null && call.rate > 0)
    .sort((a, b) => b.rate - a.rate)
    .slice(0, mostDotted)
    .map(({ id }) => id);
}

/** Whether there is anything to move: figures that come no more are not drawn as traffic. */
export function dotsMove(drawn: number, streamProblem: string | null): boolean {
  return drawn > 0 && streamProblem === null;
}

/** The more requests, the denser: a step for each tenfold. Null, and no dots, where nothing is called or nobody counts. */
export function gapOf(requestsPerSecond: number | null): number | null {
  if (requestsPerSecond === null || requestsPerSecond <= 0) return null;
  const step = Math.floor(Math.log10(Math.max(requestsPerSecond, 0.001)));
  return gapsPx[Math.min(gapsPx.length - 1, Math.max(0, 3 - step))] ?? loopPx;
}
