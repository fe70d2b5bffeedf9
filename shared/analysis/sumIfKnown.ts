/** The sum of figures; null where one of them is not known, for the others alone would be told as the whole. */
export function sumIfKnown(values: readonly (number | null)[]): number | null {
  let sum: number | null = null;
  for (const value of values) {
    if (value === null) return null;
    sum = sum === null ? value : sum + value;
  }
  return sum;
}

/** What the known figures come to, and whether they are all there are: where not, it is "at least". */
export function sumOfKnown(values: readonly (number | null)[]): {
  readonly sum: number | null;
  readonly isAll: boolean;
} {
  const known = values.filter((value) => value !== null);
  return { sum: sumIfKnown(known), isAll: known.length === values.length };
}
