import { sumIfKnown } from '../../../shared/analysis/sumIfKnown.ts';
import { formatList, formatPercentNumber, formatPerSecond } from '../../../shared/analysis/formats.ts';
import { sharesOf } from '../../../shared/analysis/weights.ts';
import type { Signals } from '../../../shared/model/signals.ts';
import type { Split } from '../../../shared/model/weights.ts';

/** One version whose share is about to move, in per cent as drawn. */
export interface ShareMove {
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

/** What moves. Of two versions one says it all: the smaller, which is the one on trial. */
export function movesOf(split: Split, weights: readonly number[]): readonly ShareMove[] {
  const before = sharesOf(split.destinations.map(({ weight }) => weight));
  const after = sharesOf(weights);
  const moves = split.destinations.flatMap((destination, index) => {
    const from = before[index] ?? null;
    const to = after[index] ?? null;
    if (from === to) return [];
    const move = { title: destination.title, from: formatPercentNumber(from), to: formatPercentNumber(to) };
    return [{ ...move, size: Math.min(from ?? 0, to ?? 0) }];
  });
  const told = moves.length === 2 ? [...moves].sort((a, b) => a.size - b.size).slice(0, 1) : moves;
  return told.map(({ title, from, to }) => ({ title, from, to }));
}

/**
 * What the change would do at present rates: "v2 ≈ 11 rps, failing ≈ 2.0 instead of 8.7 a second". Null where no source
 * measures the versions; the failing part is left out where a version that gets calls has no ratio to go by.
 */
export function outlookOf(
  split: Split,
  weights: readonly number[],
  signals: Readonly<Record<string, Signals>>,
): string | null {
  const measured = Object.keys(signals).length > 0;
  const before = split.destinations.map(({ version, weight }) => {
    const one = version === null ? undefined : signals[version];
    // Where others are measured, what was given no calls and shows none had none; what was given some is not known.
    if (one === undefined) return { rate: measured && weight === 0 ? 0 : null, ratio: null };
    return { rate: one.requestsPerSecond, ratio: one.errorRatio };
  });
  const total = sumIfKnown(before.map(({ rate }) => rate));
  if (total === null || total === 0) return null;
  const shares = sharesOf(weights);
  const after = before.map(({ ratio }, index) => ({ rate: (shares[index] ?? 0) * total, ratio }));
  const moved = movesOf(split, weights).map(({ title }) => {
    const index = split.destinations.findIndex((destination) => destination.title === title);
    const rate = after[index]?.rate ?? 0;
    return `${title} ${rate === 0 ? 'gets no calls' : `≈ ${formatPerSecond(rate)} rps`}`;
  });
  const words = [formatList(moved)];
  const failing = failedBy(after);
  const failed = failedBy(before);
  if (failing !== null && failed !== null && formatPerSecond(failing) !== formatPerSecond(failed)) {
    words.push(`failing ≈ ${formatPerSecond(failing)} instead of ${formatPerSecond(failed)} a second`);
  }
  return words.join(', ');
}

function failedBy(
  parts: readonly { readonly rate: number | null; readonly ratio: number | null }[],
): number | null {
  let failed = 0;
  for (const { rate, ratio } of parts) {
    if (rate === 0) continue;
    if (rate === null || ratio === null) return null;
    failed += rate * ratio;
  }
  return failed;
}
