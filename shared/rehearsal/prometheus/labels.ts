/** The identity of a series or of a result: label pairs in the order of their names, and one string that equals them. */
export interface Labels {
  readonly pairs: readonly (readonly [name: string, value: string])[];
  readonly key: string;
}

const interned = new WeakMap<Labels, Labels>();

/** Labels with empty values are no labels at all, as in Prometheus. */
export function createLabels(given: Readonly<Record<string, string>>): Labels {
  return fromPairs(
    Object.entries(given)
      .filter(([, value]) => value !== '')
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)),
  );
}

/** `pairs` must be sorted by name and free of empty values. */
export function fromPairs(pairs: readonly (readonly [string, string])[]): Labels {
  let key = '';
  for (const [name, value] of pairs) key += `${name}\u0001${value}\u0002`;
  return { pairs, key };
}

/** Empty when there is no such label, which is how Prometheus compares it. */
export function labelValue(labels: Labels, name: string): string {
  for (const pair of labels.pairs) if (pair[0] === name) return pair[1];
  return '';
}

/** The metric name, or empty. */
export const metricName = (labels: Labels): string => labelValue(labels, '__name__');

/** The same without the metric name; remembered, since every step of a range asks again. */
export function withoutMetricName(labels: Labels): Labels {
  const known = interned.get(labels);
  if (known !== undefined) return known;
  const bare = labels.pairs.some(([name]) => name === '__name__')
    ? fromPairs(labels.pairs.filter(([name]) => name !== '__name__'))
    : labels;
  interned.set(labels, bare);
  return bare;
}

/** Only the named labels. */
export function keepLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return fromPairs(labels.pairs.filter(([name]) => names.has(name)));
}

/** All but the named labels. */
export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return fromPairs(labels.pairs.filter(([name]) => !names.has(name)));
}

/** With one label set, or taken away when the value is empty. */
export function setLabel(labels: Labels, name: string, value: string): Labels {
  const others = labels.pairs.filter(([other]) => other !== name);
  if (value === '') return fromPairs(others);
  return fromPairs(
    [...others, [name, value] as const].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)),
  );
}

/** Prometheus's order: name by name, value by value, the shorter first. */
export function compareLabels(left: Labels, right: Labels): number {
  const count = Math.min(left.pairs.length, right.pairs.length);
  for (let index = 0; index < count; index += 1) {
    const [leftName, leftValue] = left.pairs[index] ?? ['', ''];
    const [rightName, rightValue] = right.pairs[index] ?? ['', ''];
    if (leftName !== rightName) return leftName < rightName ? -1 : 1;
    if (leftValue !== rightValue) return leftValue < rightValue ? -1 : 1;
  }
  return left.pairs.length - right.pairs.length;
}

/** As Prometheus writes a series in its messages: `name{a="b"}`. */
export function describeLabels(labels: Labels): string {
  const name = metricName(labels);
  const rest = withoutMetricName(labels).pairs.map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}{${rest.join(', ')}}`;
}
