/** What a counter said when: epoch ms and the count, oldest first. */
export type Samples = (readonly [number, number])[];

/** As long as a series is asked for at most; older readings are dropped. */
const keptMs = 60 * 60_000;
const mostSamples = 1_000;

export function addSample(samples: Samples, at: number, count: number): void {
  samples.push([at, count]);
  while (samples.length > mostSamples || at - (samples[0]?.[0] ?? at) > keptMs) samples.shift();
}

/** Whether a counter was not read for so long that nobody asks for it any more. */
export const isOver = (samples: Samples, now: number): boolean => now - (samples.at(-1)?.[0] ?? 0) > keptMs;

/** Per second over a window that ends then; null where it was not read at its end and before. */
export function rateAt(samples: Samples, at: number, windowSeconds: number): number | null {
  const inside = samples.filter(([time]) => time <= at && time >= at - windowSeconds * 1000 - 500);
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || last[0] - first[0] < 1_000) return null;
  let grown = 0;
  let before = first[1];
  for (const [, count] of inside) {
    // A process that restarted counts from nothing.
    grown += count < before ? count : count - before;
    before = count;
  }
  return grown / ((last[0] - first[0]) / 1000);
}

/** Of several; null where nothing is known of any. */
export function sumAt(all: readonly Samples[], at: number, windowSeconds: number): number | null {
  const rates = all.map((one) => rateAt(one, at, windowSeconds)).filter((rate) => rate !== null);
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
}
