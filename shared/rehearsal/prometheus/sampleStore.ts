import { createLabels, compareLabels, labelValue, metricName, type Labels } from './labels.ts';
import { compileMatchers, type Matcher } from './matchers.ts';
import { createSeries, type Series, type Timeline } from './series.ts';

/** Time series in memory, all bounded by how many scrapes are kept. */
export interface SampleStore {
  /** Finds or makes the series of these labels, whose samples come at the times of `timeline`. */
  series(labels: Labels, timeline: Timeline): Series;
  /** Matching series, in Prometheus's order of labels. */
  select(matchers: readonly Matcher[]): readonly Series[];
  /** Every series. */
  all(): readonly Series[];
  /** Grows when a series is added; what remembers a selection asks again then. */
  readonly version: () => number;
}

/** An empty store. */
export function createSampleStore(): SampleStore {
  const byKey = new Map<string, Series>();
  const byName = new Map<string, Series[]>();
  let everything: readonly Series[] | null = null;
  let version = 0;

  const all = (): readonly Series[] => {
    everything ??= [...byKey.values()].sort((left, right) => compareLabels(left.labels, right.labels));
    return everything;
  };

  return {
    series(labels, timeline) {
      const known = byKey.get(labels.key);
      if (known !== undefined) return known;
      const fresh = createSeries(labels, timeline);
      byKey.set(labels.key, fresh);
      const name = metricName(labels);
      const named = byName.get(name);
      if (named === undefined) byName.set(name, [fresh]);
      else named.push(fresh);
      everything = null;
      version += 1;
      return fresh;
    },
    select(matchers) {
      const named = matchers.find((matcher) => matcher.label === '__name__' && matcher.operator === '=');
      const candidates = named === undefined ? all() : (byName.get(named.value) ?? []);
      const test = compileMatchers(matchers.filter((matcher) => matcher !== named));
      const found = candidates.filter((series) => test(series.labels));
      return named === undefined ? found : found.sort((a, b) => compareLabels(a.labels, b.labels));
    },
    all,
    version: () => version,
  };
}

/** Labels of a metric: its name and its pairs. */
export const metricLabels = (name: string, labels: Readonly<Record<string, string>> = {}): Labels =>
  createLabels({ ...labels, __name__: name });

/** Sorted distinct values of a label over series. */
export function valuesOf(series: readonly Series[], label: string): string[] {
  const values = new Set<string>();
  for (const one of series) {
    const value = labelValue(one.labels, label);
    if (value !== '') values.add(value);
  }
  return [...values].sort();
}
