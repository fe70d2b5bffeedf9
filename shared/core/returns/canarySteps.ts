import { formatList } from '../../analysis/formats.ts';
import { setWeight, sumOf } from '../../analysis/weights.ts';
import type { SetWeights } from '../../model/operation.ts';
import type { CanaryOutlook, CanaryRequest } from '../../model/watch.ts';
import type { Split } from '../../model/weights.ts';
import { Refusal } from '../refusal.ts';

/**
 * What each step sets, from the weights before the first one. Throws a Refusal where the steps cannot be said in the split's
 * weights.
 */
export function outlooksOf(
  { steps, destination }: CanaryRequest,
  split: Split,
  from: readonly (number | null)[] = weightsOf(split),
): CanaryOutlook[] {
  const before = from.map((weight) => weight ?? 0);
  const sum = sumOf(before);
  const gaining = split.destinations[destination];
  if (gaining === undefined)
    throw new Refusal('REFUSED', 'The split has no such destination any more. Look at the map again.');
  if (split.readOnly !== null) throw new Refusal('REFUSED', split.readOnly);
  if (sum === 0) throw new Refusal('REFUSED', 'All weights are zero: there is nothing to divide.');
  if (steps.some(({ percent }, i) => percent <= (steps[i - 1]?.percent ?? -1)))
    throw new Refusal('REFUSED', 'Each step of a canary must give more than the one before.');
  return steps.map(({ percent, forSeconds }) => {
    const weight = (sum * percent) / 100;
    if (!Number.isInteger(weight))
      throw new Refusal(
        'REFUSED',
        `The weights of this split add up to ${sum}, so ${percent} % cannot be said in them. The sum is kept as found: choose other steps.`,
      );
    const weights = setWeight(before, destination, weight);
    const rest = split.destinations
      .map(({ title }, i) => (i === destination ? null : `${title} ${weights[i] ?? 0}`))
      .filter((text) => text !== null);
    return {
      percent,
      forSeconds,
      weights,
      text: `${gaining.title} gets ${weight} of ${sum} calls (${formatList(rest)}), watched for ${sayFor(forSeconds)}`,
    };
  });
}

/** Which step set these weights; null where none did. */
export function stepThatSet(
  weights: readonly (number | null)[],
  { steps, destination }: CanaryRequest,
  from: readonly (number | null)[],
): number | null {
  const before = from.map((weight) => weight ?? 0);
  const sum = sumOf(before);
  const at = steps.findIndex(
    ({ percent }) => setWeight(before, destination, (sum * percent) / 100).join() === weights.join(),
  );
  return at === -1 ? null : at;
}

/** The operation that sets weights on a split as it is now. */
export function shiftTo(split: Split, weights: readonly (number | null)[]): SetWeights {
  return {
    kind: 'setWeights',
    splitId: split.id,
    connectionId: split.connectionId,
    weights: [...weights],
    seen: { revision: split.revision, weights: weightsOf(split) },
  };
}

export function weightsOf({ destinations }: Split): (number | null)[] {
  return destinations.map(({ weight }) => weight);
}

function sayFor(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
