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
}

/** An empty store. */
export function createSampleStore(): SampleStore {
  const byKey = new Map<string, Series>();
  /** Sorted when first asked after a series was added. */
  const byName = new Map<string, { readonly series: Series[]; sorted: boolean }>();
  let everything: readonly Series[] | null = null;

  const all = (): readonly Series[] => {
    everything ??= [...byKey.values()].sort(byLabels);
    return everything;
  };

  const sortedOf = (name: string): readonly Series[] => {
    const named = byName.get(name);
    if (named === undefined) return [];
    if (!named.sorted) named.series.sort(byLabels);
    named.sorted = true;
    return named.series;
  };

  return {
    series(labels, timeline) {
      const known = byKey.get(labels.key);
      if (known !== undefined) return known;
      const fresh = createSeries(labels, timeline);
      byKey.set(labels.key, fresh);
      const name = metricName(labels);
      const named = byName.get(name);
      if (named === undefined) byName.set(name, { series: [fresh], sorted: true });
      else {
        named.series.push(fresh);
        named.sorted = false;
      }
      everything = null;
      return fresh;
    },
    select(matchers) {
      const named = matchers.find((matcher) => matcher.label === '__name__' && matcher.operator === '=');
      const test = compileMatchers(matchers.filter((matcher) => matcher !== named));
      return (named === undefined ? all() : sortedOf(named.value)).filter((series) => test(series.labels));
    },
    all,
  };
}

const byLabels = (left: Series, right: Series): number => compareLabels(left.labels, right.labels);

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
