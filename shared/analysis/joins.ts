import type { EntityId } from '../model/entity.ts';
import type { Joins, PairMark } from '../model/settings.ts';

type Pair = readonly [EntityId, EntityId];

const isPair =
  ([a, b]: Pair) =>
  ([c, d]: Pair): boolean =>
    (a === c && b === d) || (a === d && b === c);

/** Takes two services for one from now on, whatever the rules say. */
export const joinPair = (a: EntityId, b: EntityId): PairMark[] => [{ pair: [a, b], is: 'together' }];

/** Keeps one face from all others of its node from now on. */
export const splitOff = (face: EntityId, others: readonly EntityId[]): PairMark[] =>
  others.filter((other) => other !== face).map((other) => ({ pair: [face, other], is: 'apart' }));

/** Leaves a pair to the rules again. */
export const forgetPair = ([a, b]: Pair): PairMark[] => [{ pair: [a, b], is: null }];

/** What is said of pairs, with these said anew; what was said of others stays. */
export function withPairs(
  { together, apart }: Pick<Joins, 'together' | 'apart'>,
  marks: readonly PairMark[],
): Pick<Joins, 'together' | 'apart'> {
  const others = (list: Joins['apart']): Joins['apart'] =>
    list.filter((known) => !marks.some(({ pair }) => isPair(pair)(known)));
  const said = (as: PairMark['is']): Joins['apart'] =>
    marks.flatMap(({ pair, is }) => (is === as ? [pair] : []));
  return {
    together: [...others(together), ...said('together')],
    apart: [...others(apart), ...said('apart')],
  };
}
