import type { EntityId } from '../model/entity.ts';
import { differs, type ReadEdges } from './chooseEdges.ts';

/**
 * Whose counts a service's figures are: of the reading that counted as much as they say, the best evidence first, else of the
 * one that comes nearest. A chart of the service is drawn by the same one. Null where there is only one, or none of it.
 */
export function whoseFigures(
  readings: readonly ReadEdges[],
  serviceId: EntityId,
  requestsPerSecond: number,
): string | null {
  if (readings.length < 2) return null;
  let nearest: { readonly source: string; readonly apart: number } | null = null;
  for (const { observation, edges } of readings) {
    const own = [...edges.values()].flatMap(({ calleeId, tally }) =>
      calleeId === serviceId && tally !== null ? tally.requestsPerSecond : [],
    );
    if (own.length === 0) continue;
    const counted = own.reduce((sum, one) => sum + one, 0);
    if (!differs(counted, requestsPerSecond)) return observation.source;
    const apart = Math.abs(counted - requestsPerSecond);
    if (nearest === null || apart < nearest.apart) nearest = { source: observation.source, apart };
  }
  return nearest?.source ?? null;
}
