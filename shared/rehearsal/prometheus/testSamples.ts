import { instantQuery, rangeQuery } from './queries.ts';
import { createSampleStore, metricLabels, type SampleStore } from './sampleStore.ts';
import { createTimeline } from './series.ts';

/** Samples as tests write them: seconds and values. */
export type Given = readonly (readonly [atSeconds: number, value: number])[];

/** A store with these series, keyed `name` or `name|label=value,…`. */
export function storeOf(given: Readonly<Record<string, Given>>): SampleStore {
  const store = createSampleStore();
  for (const [key, samples] of Object.entries(given)) {
    const [name = '', text = ''] = key.split('|');
    const labels = Object.fromEntries(
      text
        .split(',')
        .filter((pair) => pair !== '')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    const timeline = createTimeline(10_000);
    const series = store.series(metricLabels(name, labels), timeline);
    for (const [atSeconds, value] of samples) {
      timeline.push(atSeconds * 1000);
      if (!Number.isNaN(value)) series.append(value);
    }
  }
  return store;
}

/** What an instant query answers, by label values joined with commas. */
export function valuesAt(store: SampleStore, query: string, atSeconds: number): Record<string, number> {
  const data = JSON.parse(instantQuery(store, query, atSeconds * 1000)) as {
    readonly resultType: string;
    readonly result: unknown;
  }; // our own text, just written
  if (data.resultType === 'scalar') return { scalar: numberOf((data.result as [number, string])[1]) };
  const rows = data.result as { metric: Record<string, string>; value: [number, string] }[];
  return Object.fromEntries(
    rows.map(({ metric, value }) => [Object.values(metric).join(','), numberOf(value[1])]),
  );
}

/** The points of a range query with one result. */
export function pointsOf(
  store: SampleStore,
  query: string,
  start: number,
  end: number,
  step: number,
): [number, number][] {
  const text = rangeQuery(store, query, { startMs: start * 1000, endMs: end * 1000, stepMs: step * 1000 });
  const data = JSON.parse(text) as { readonly result: { values: [number, string][] }[] }; // our own text, just written
  return (data.result[0]?.values ?? []).map(([at, value]) => [at, numberOf(value)]);
}

const numberOf = (text: string): number =>
  text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
