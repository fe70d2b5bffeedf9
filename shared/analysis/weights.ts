/**
 * The share each weight stands for, 0..1. A destination by itself gets all, whatever its weight; beside others, one without a
 * weight gets none, as Istio reads it. Null while nothing says where calls go: all weights are zero or absent.
 */
export function sharesOf(weights: readonly (number | null)[]): (number | null)[] {
  if (weights.length === 1) return [1];
  const total = sumOf(weights.flatMap((weight) => weight ?? []));
  return weights.map((weight) => (total > 0 ? (weight ?? 0) / total : null));
}

/** Sum of the weights, kept as found through every edit; 33.33 and 33.33 and 33.34 are 100. */
export function sumOf(weights: readonly number[]): number {
  return Number(weights.reduce((sum, weight) => sum + weight, 0).toFixed(6));
}

/** Where a handle stands: the sum of all weights left of it. Handle `i` lies between destination `i` and `i + 1`. */
export function handlePosition(weights: readonly number[], handle: number): number {
  return sumOf(weights.slice(0, handle + 1));
}

/** How far a handle can be moved, in units of weight; both ends equal when locks hold it. */
export function handleRange(
  weights: readonly number[],
  handle: number,
  locked: readonly boolean[] = [],
): { readonly low: number; readonly high: number } {
  const position = handlePosition(weights, handle);
  const pair = neighbours(weights, handle, locked);
  if (pair === null) return { low: position, high: position };
  return { low: position - (weights[pair.left] ?? 0), high: position + (weights[pair.right] ?? 0) };
}

/**
 * Moves a handle by some weight or to a position. Only its two neighbours change, a locked version is passed over to the
 * next one, and the sum stays exactly what it was. What does not fit is moved as far as it goes.
 */
export function moveHandle(
  weights: readonly number[],
  handle: number,
  move: { readonly by: number } | { readonly to: number },
  locked: readonly boolean[] = [],
): number[] {
  const pair = neighbours(weights, handle, locked);
  if (pair === null) return [...weights];
  const wanted = Math.round('by' in move ? move.by : move.to - handlePosition(weights, handle));
  if (!Number.isFinite(wanted)) return [...weights];
  const left = weights[pair.left] ?? 0;
  const right = weights[pair.right] ?? 0;
  const by = Math.max(-left, Math.min(right, wanted));
  return weights.map((weight, i) => (i === pair.left ? left + by : i === pair.right ? right - by : weight));
}

/**
 * Gives one version a weight and divides the rest over the other unlocked ones as they stood to each other. The sum stays
 * exactly what it was; what locked versions hold cannot be taken.
 */
export function setWeight(
  weights: readonly number[],
  index: number,
  weight: number,
  locked: readonly boolean[] = [],
): number[] {
  const free = weights.map((_, i) => i).filter((i) => i !== index && !locked[i]);
  if (free.length === 0 || locked[index] || index < 0 || index >= weights.length) return [...weights];
  const available = (weights[index] ?? 0) + sumOf(free.map((i) => weights[i] ?? 0));
  const given = Math.max(0, Math.min(available, Math.round(weight)));
  if (!Number.isFinite(given)) return [...weights];
  const others = divide(
    sumOf([available, -given]),
    free.map((i) => weights[i] ?? 0),
  );
  const result = [...weights];
  result[index] = given;
  free.forEach((i, k) => (result[i] = others[k] ?? 0));
  return result;
}

/** Some peers take hundredths. */
const finest = 100;

/**
 * Divides a number in proportion to `parts` into whole numbers with exactly that sum (largest remainder, Hamilton's method;
 * ties to the first), and what is no whole number into hundredths. Where all parts are zero, evenly.
 */
export function divide(total: number, parts: readonly number[]): number[] {
  if (Number.isInteger(total)) return divideWhole(total, parts);
  return divideWhole(Math.round(total * finest), parts).map((part) => part / finest);
}

function divideWhole(total: number, parts: readonly number[]): number[] {
  if (parts.length === 0) return [];
  const sum = sumOf(parts);
  const exact = parts.map((part) => (sum > 0 ? (total * part) / sum : total / parts.length));
  const whole = exact.map(Math.floor);
  let left = total - sumOf(whole);
  const order = exact
    .map((value, i) => ({ i, rest: value - (whole[i] ?? 0) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of order) {
    if (left <= 0) break;
    whole[i] = (whole[i] ?? 0) + 1;
    left -= 1;
  }
  return whole;
}

/** What is wrong with weights that are to be written, in words; empty when nothing is. `found` is the sum in the document. */
export function validateWeights(weights: readonly number[], found?: number): string[] {
  const problems: string[] = [];
  if (weights.length === 0) return ['There is no destination to give a weight to.'];
  weights.forEach((weight, i) => {
    if (!Number.isInteger(weight)) problems.push(`Weight ${i + 1} is ${weight}: weights are whole numbers.`);
    else if (weight < 0) problems.push(`Weight ${i + 1} is ${weight}: weights cannot be below zero.`);
    else if (weight > 1_000_000) problems.push(`Weight ${i + 1} is ${weight}: at most 1,000,000.`);
  });
  if (problems.length > 0) return problems;
  const sum = sumOf(weights);
  if (sum === 0) return ['All weights are zero: the calls would have nowhere to go.'];
  if (found !== undefined && found > 0 && sum !== found) {
    problems.push(
      `The weights add up to ${sum}, the document's to ${found}: the sum is kept, older versions of Istio insist on it.`,
    );
  }
  return problems;
}

function neighbours(
  weights: readonly number[],
  handle: number,
  locked: readonly boolean[],
): { readonly left: number; readonly right: number } | null {
  if (handle < 0 || handle >= weights.length - 1) return null;
  let left = handle;
  while (left >= 0 && locked[left]) left -= 1;
  let right = handle + 1;
  while (right < weights.length && locked[right]) right += 1;
  return left < 0 || right >= weights.length ? null : { left, right };
}
