import { QueryError } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { createEvaluation, eachWindow } from './evaluation.ts';
import { formatLabels, formatPoint, formatScalar, formatTimestamp } from './format.ts';
import { compareLabels, createLabels, type Labels } from './labels.ts';
import { parseQuery } from './parse.ts';
import type { SampleStore } from './sampleStore.ts';
import { checkTypes, typeInWords } from './valueTypes.ts';

/** The `data` of an instant query, as JSON text: numbers keep Prometheus's own notation that way. */
export function instantQuery(store: SampleStore, query: string, atMs: number, lookbackMs?: number): string {
  const expression = parseQuery(query);
  const evaluation = createEvaluation(store, lookbackMs);
  if (expression.kind === 'matrix-selector') {
    const rows: string[] = [];
    eachWindow(expression, atMs, evaluation, ({ labels, times, values, count }) => {
      const points: string[] = [];
      for (let index = 0; index < count; index += 1) {
        points.push(formatPoint(times[index] ?? 0, values[index] ?? Number.NaN));
      }
      rows.push(`{"metric":${formatLabels(labels)},"values":[${points.join(',')}]}`);
    });
    return `{"resultType":"matrix","result":[${rows.join(',')}]}`;
  }
  const value = evaluate(expression, atMs, evaluation);
  switch (value.type) {
    case 'scalar':
      return `{"resultType":"scalar","result":[${formatTimestamp(atMs)},"${formatScalar(value.value)}"]}`;
    case 'string':
      return `{"resultType":"string","result":[${formatTimestamp(atMs)},${JSON.stringify(value.value)}]}`;
    case 'vector': {
      const rows = value.elements.map(
        (element) => `{"metric":${formatLabels(element.labels)},"value":${formatPoint(atMs, element.value)}}`,
      );
      return `{"resultType":"vector","result":[${rows.join(',')}]}`;
    }
  }
}

interface Row {
  readonly labels: Labels;
  readonly points: string[];
}

/** The `data` of a range query, as JSON text. */
export function rangeQuery(
  store: SampleStore,
  query: string,
  range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  lookbackMs?: number,
): string {
  const expression = parseQuery(query);
  const type = checkTypes(expression);
  if (type !== 'scalar' && type !== 'vector') {
    throw new QueryError(
      'bad_data',
      `invalid expression type "${typeInWords(type)}" for range query, must be Scalar or instant Vector`,
    );
  }
  const evaluation = createEvaluation(store, lookbackMs);
  const rows = new Map<string, Row>();
  const rowOf = (labels: Labels): Row => {
    const known = rows.get(labels.key);
    if (known !== undefined) return known;
    const fresh = { labels, points: [] };
    rows.set(labels.key, fresh);
    return fresh;
  };
  const bare = createLabels({});
  for (let atMs = range.startMs; atMs <= range.endMs; atMs += range.stepMs) {
    const value = evaluate(expression, atMs, evaluation);
    if (value.type === 'scalar') rowOf(bare).points.push(formatPoint(atMs, value.value));
    else if (value.type === 'vector') {
      for (const element of value.elements)
        rowOf(element.labels).points.push(formatPoint(atMs, element.value));
    }
  }
  const sorted = [...rows.values()].sort((left, right) => compareLabels(left.labels, right.labels));
  const texts = sorted.map(
    ({ labels, points }) => `{"metric":${formatLabels(labels)},"values":[${points.join(',')}]}`,
  );
  return `{"resultType":"matrix","result":[${texts.join(',')}]}`;
}
