import { formatPerSecond } from './formats.ts';

/** What one instance answered; one that no source names is not in it, which is not zero. */
export interface InstanceLoad {
  readonly name: string;
  readonly requestsPerSecond: number;
}

/** An instance whose load is far from that of its siblings. */
export interface UnevenInstance extends InstanceLoad {
  /** Median of the others. */
  readonly siblingsPerSecond: number;
  readonly siblings: number;
}

/** Threshold of the modified z-score; its authors recommend it. */
const farScores = 3.5;
/** Makes the median absolute deviation comparable with a standard deviation of normal noise: 1/Φ⁻¹(0.75). */
const normalMad = 1.4826;
/** Below so many calls in the window, chance alone makes large differences. */
const leastCalls = 30;
/** What nobody would call far, however regular the others are. */
const leastRatio = 2;
/** A balancer is not exact: so much of the median is no difference yet. */
const evenWithin = 0.1;

/**
 * Instances with far more or less load than their siblings, that is, the instances of one version of one workload. By the
 * modified z-score (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993) over the others alone, so that one that
 * is far away does not hide itself among few: |x − median| / (1.4826 · MAD) > 3.5. The scale is never less than what counting
 * alone scatters (Poisson: the root of the median over the window) and a tenth of the median; and the rates must differ by
 * a factor of two. Of two instances nobody can say which is the odd one: the busier is named.
 */
export function unevenLoad(loads: readonly InstanceLoad[], windowSeconds: number): UnevenInstance[] {
  const far = loads.flatMap((one): UnevenInstance[] => {
    const others = loads.filter((other) => other !== one).map(({ requestsPerSecond }) => requestsPerSecond);
    if (others.length === 0) return [];
    const middle = median(others);
    const busier = Math.max(one.requestsPerSecond, middle);
    if (busier * windowSeconds < leastCalls) return [];
    if (busier < leastRatio * Math.min(one.requestsPerSecond, middle)) return [];
    const mad = median(others.map((other) => Math.abs(other - middle)));
    const scale = Math.max(normalMad * mad, Math.sqrt(middle / windowSeconds), evenWithin * middle);
    if (Math.abs(one.requestsPerSecond - middle) <= farScores * scale) return [];
    return [{ ...one, siblingsPerSecond: middle, siblings: others.length }];
  });
  return loads.length > 2 ? far : far.filter((one) => one.requestsPerSecond > one.siblingsPerSecond);
}

/** "payment-1 answers 40 requests a second, its 3 siblings 12.5 in the median". */
export function sayUneven({ name, requestsPerSecond, siblingsPerSecond, siblings }: UnevenInstance): string {
  const own =
    requestsPerSecond === 0 ? 'no requests' : `${formatPerSecond(requestsPerSecond)} requests a second`;
  const others = siblingsPerSecond === 0 ? 'none' : formatPerSecond(siblingsPerSecond);
  return siblings === 1
    ? `${name} answers ${own}, its only sibling ${others}`
    : `${name} answers ${own}, its ${siblings} siblings ${others} in the median`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}
