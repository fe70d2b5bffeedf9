import type { Health } from '../../shared/model/signals.ts';

/** How much of a troubled ring is its arc: at least a tenth, so that nothing ready, which has no ratio, still shows. */
export function failingShare(health: Health, errorRatio: number | null): number {
  return Math.max(0.1, Math.min(1, errorRatio ?? (health === 'failing' ? 0.5 : 0.1)));
}
