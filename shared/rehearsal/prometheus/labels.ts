/** A label; the same name and value are always the same object. */
export interface LabelPair {
  readonly name: string;
  readonly value: string;
  /** One character that stands for this pair in keys: tens of thousands of series share a few hundred pairs. */
  readonly code: string;
}

/** The identity of a series or of a result: labels in the order of their names, and one string that equals them. */
export interface Labels {
  readonly pairs: readonly LabelPair[];
  readonly key: string;
}

const pairsByText = new Map<string, LabelPair>();

const interned = new WeakMap<Labels, Labels>();

/** Labels with empty values are no labels at all, as in Prometheus. */
export function createLabels(given: Readonly<Record<string, string>>): Labels {
  const pairs: LabelPair[] = [];
  for (const [name, value] of Object.entries(given)) if (value !== '') pairs.push(labelPair(name, value));
  return fromPairs(pairs.sort(byName));
}

/** `pairs` must be sorted by name and free of empty values. */
export function fromPairs(pairs: readonly LabelPair[]): Labels {
  let key = '';
  for (const { code } of pairs) key += code;
  return { pairs, key };
}

/** The one object for this name and value. */
export function labelPair(name: string, value: string): LabelPair {
  const text = `${name}\u0001${value}`;
  const known = pairsByText.get(text);
  if (known !== undefined) return known;
  const number = pairsByText.size;
  // Past the surrogates, which are no characters of their own.
  const fresh = { name, value, code: String.fromCodePoint(number < 0xd800 ? number : number + 0x800) };
  pairsByText.set(text, fresh);
  return fresh;
}

/** The pair if any series ever had it; a query's own words are not kept. */
export const knownPair = (name: string, value: string): LabelPair | undefined =>
  pairsByText.get(`${name}\u0001${value}`);

/** Whether this very pair is among them: looking for its character in the key is far quicker than walking the pairs. */
export const hasPair = (labels: Labels, pair: LabelPair): boolean => labels.key.includes(pair.code);

const byName = (left: LabelPair, right: LabelPair): number =>
  left.name < right.name ? -1 : left.name > right.name ? 1 : 0;

/** Empty when there is no such label, which is how Prometheus compares it. */
export function labelValue(labels: Labels, name: string): string {
  for (const pair of labels.pairs) if (pair.name === name) return pair.value;
  return '';
}

/** The metric name, or empty. */
export const metricName = (labels: Labels): string => labelValue(labels, '__name__');

/** The same without the metric name; remembered, since every step of a range asks again. */
export function withoutMetricName(labels: Labels): Labels {
  const known = interned.get(labels);
  if (known !== undefined) return known;
  const bare = labels.pairs.some(({ name }) => name === '__name__')
    ? fromPairs(labels.pairs.filter(({ name }) => name !== '__name__'))
    : labels;
  interned.set(labels, bare);
  return bare;
}

/** Only the named labels. */
export function keepLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return fromPairs(labels.pairs.filter(({ name }) => names.has(name)));
}

/** All but the named labels. */
export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return fromPairs(labels.pairs.filter(({ name }) => !names.has(name)));
}

/** With one label set, or taken away when the value is empty. */
export function setLabel(labels: Labels, name: string, value: string): Labels {
  const others = labels.pairs.filter((pair) => pair.name !== name);
  return fromPairs(value === '' ? others : [...others, labelPair(name, value)].sort(byName));
}

/** With these labels added; they must not be there yet. Quicker than making all anew, where many differ in little. */
export function addLabels(labels: Labels, added: Readonly<Record<string, string>>): Labels {
  const pairs = [...labels.pairs];
  for (const [name, value] of Object.entries(added)) {
    const place = pairs.findIndex((pair) => pair.name > name);
    pairs.splice(place < 0 ? pairs.length : place, 0, labelPair(name, value));
  }
  return fromPairs(pairs);
}

/** Prometheus's order: name by name, value by value, the shorter first. */
export function compareLabels(left: Labels, right: Labels): number {
  const count = Math.min(left.pairs.length, right.pairs.length);
  for (let index = 0; index < count; index += 1) {
    const one = left.pairs[index];
    const other = right.pairs[index];
    if (one === other || one === undefined || other === undefined) continue;
    if (one.name !== other.name) return one.name < other.name ? -1 : 1;
    return one.value < other.value ? -1 : 1;
  }
  return left.pairs.length - right.pairs.length;
}

/** As Prometheus writes labels in its messages: `{__name__="up", job="a"}`. */
export function describeLabels(labels: Labels): string {
  return `{${labels.pairs.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}
