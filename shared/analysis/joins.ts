import type { EntityId } from '../model/entity.ts';
import type { Joins } from '../model/settings.ts';

type Pair = readonly [EntityId, EntityId];

const isPair =
  ([a, b]: Pair) =>
  ([c, d]: Pair): boolean =>
    (a === c && b === d) || (a === d && b === c);

/** Takes two services for one from now on, whatever the rules say. */
export function joinPair(joins: Joins, a: EntityId, b: EntityId): Joins {
  const isThis = isPair([a, b]);
  return {
    ...joins,
    together: [...joins.together.filter((pair) => !isThis(pair)), [a, b]],
    apart: joins.apart.filter((pair) => !isThis(pair)),
  };
}

/** Keeps one face from all others of its node from now on. */
export function splitOff(joins: Joins, face: EntityId, others: readonly EntityId[]): Joins {
  const pairs = others.filter((other) => other !== face).map((other): [EntityId, EntityId] => [face, other]);
  const among = (list: Joins['apart']): Joins['apart'] =>
    list.filter((known) => !pairs.some((pair) => isPair(pair)(known)));
  return { ...joins, together: among(joins.together), apart: [...among(joins.apart), ...pairs] };
}

/** Leaves a pair to the rules again. */
export function forgetPair(joins: Joins, pair: Pair): Joins {
  const isThis = isPair(pair);
  return {
    ...joins,
    together: joins.together.filter((known) => !isThis(known)),
    apart: joins.apart.filter((known) => !isThis(known)),
  };
}
