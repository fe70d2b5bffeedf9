import type { EntityId } from '../../../shared/model/entity.ts';
import type { Position } from '../../state/layout.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

interface FollowInput {
  readonly from: EntityId;
  readonly direction: Direction;
  readonly positions: ReadonlyMap<EntityId, Position>;
  readonly calls: readonly { readonly callerId: EntityId; readonly calleeId: EntityId }[];
}

/** How much a step aside counts against a step onward when the next service up or down is looked for. */
const asideWeight = 2;

/**
 * Where an arrow key leads. Right follows a call to the callee, left back to the caller, the nearest in height first; up and
 * down go to the next service in sight. Null where the arrow leads nowhere.
 */
export function follow({ from, direction, positions, calls }: FollowInput): EntityId | null {
  const here = positions.get(from);
  if (here === undefined) return null;
  if (direction === 'right' || direction === 'left') {
    const ends = calls
      .filter((call) => (direction === 'right' ? call.callerId : call.calleeId) === from)
      .map((call) => (direction === 'right' ? call.calleeId : call.callerId));
    return nearest(ends, positions, (there) => Math.abs(there.y - here.y));
  }
  const sign = direction === 'down' ? 1 : -1;
  const onward = [...positions.keys()].filter(
    (id) => id !== from && (yOf(id, positions) - here.y) * sign > 0,
  );
  return nearest(
    onward,
    positions,
    (there) => Math.abs(there.y - here.y) + asideWeight * Math.abs(there.x - here.x),
  );
}

function yOf(id: EntityId, positions: ReadonlyMap<EntityId, Position>): number {
  return positions.get(id)?.y ?? Number.NaN;
}

function nearest(
  ids: readonly EntityId[],
  positions: ReadonlyMap<EntityId, Position>,
  distance: (there: Position) => number,
): EntityId | null {
  let best: EntityId | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const id of ids) {
    const there = positions.get(id);
    if (there === undefined || distance(there) >= bestDistance) continue;
    best = id;
    bestDistance = distance(there);
  }
  return best;
}
