import type { Provenance } from '../../../shared/model/signals.ts';

const staleAfterMs = 60_000;

/** Age of the figures that are shown: that of the oldest source, since the map mixes them. Null when there is no source. */
export function ageOf(
  provenance: readonly Provenance[],
  now: number,
): { readonly ms: number; readonly state: 'live' | 'stale' } | null {
  if (provenance.length === 0) return null;
  const oldest = Math.min(...provenance.map((each) => each.newestSampleAt ?? each.observedAt));
  // A peer whose clock is ahead of ours would give an age below nothing.
  const ms = Math.max(0, now - oldest);
  return { ms, state: ms > staleAfterMs ? 'stale' : 'live' };
}
