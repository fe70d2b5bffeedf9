/**
 * Logarithm of the beta-binomial mixture martingale: the likelihood of `count` of `total` under all shares alike (uniform
 * prior), divided by its likelihood under `share`. The further the counts are from `share`, the larger it grows.
 */
export function logBetaMixture(count: number, total: number, share: number): number {
  const missed = total - count;
  const mixture = logGamma(count + 1) + logGamma(missed + 1) - logGamma(total + 2);
  return mixture - times(count, Math.log(share)) - times(missed, Math.log1p(-share));
}

/** 0 × −∞ is 0 here: a share of nothing explains no call at all perfectly. */
function times(count: number, logarithm: number): number {
  return count === 0 ? 0 : count * logarithm;
}

/** Stirling's series for ln Γ(x), x ≥ 1, after shifting small x up (Abramowitz & Stegun 6.1.41); error below 1e-10. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 10) {
    shift += Math.log(y);
    y += 1;
  }
  const y2 = 1 / (y * y);
  const series = (1 / 12 - y2 * (1 / 360 - y2 * (1 / 1260 - y2 / 1680))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
