import { QueryError } from './errors.ts';
import type { Expression, MatrixSelector, VectorSelector } from './expression.ts';
import type { Labels } from './labels.ts';
import type { SampleStore } from './sampleStore.ts';
import type { Series } from './series.ts';

/** One element of an instant vector. `at` is the time of the sample where it comes straight from a selector. */
export interface Element {
  readonly labels: Labels;
  readonly value: number;
  readonly at?: number;
}

/** What an expression has at one moment. */
export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly elements: readonly Element[] };

/** The samples of one series within a range; the arrays are reused, so read them before the next. */
export interface Window {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly count: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** What one query needs while it runs, over all its steps. */
export interface Evaluation {
  readonly store: SampleStore;
  readonly lookbackMs: number;
  readonly selected: Map<VectorSelector, readonly Series[]>;
  /** Groups of an aggregation by the labels they came from: each step of a range meets the same labels. */
  readonly groups: Map<Expression, Map<Labels, Labels>>;
  /** Samples that may still be read. */
  budget: number;
}

/** Begins an evaluation. */
export function createEvaluation(store: SampleStore, lookbackMs = 300_000): Evaluation {
  return { store, lookbackMs, selected: new Map(), groups: new Map(), budget: 50_000_000 };
}

/** A vector value. */
export const vectorOf = (elements: readonly Element[]): Value => ({ type: 'vector', elements });

/** The elements of what the type check said is a vector. */
export function elementsOf(value: Value): readonly Element[] {
  if (value.type !== 'vector')
    throw new QueryError('execution', `expected an instant vector, got a ${value.type}`);
  return value.elements;
}

/** The number of what the type check said is a scalar. */
export function scalarOf(value: Value): number {
  if (value.type !== 'scalar') throw new QueryError('execution', `expected a scalar, got a ${value.type}`);
  return value.value;
}

/** The series of a selector, asked of the store once for all steps. */
export function seriesOf(selector: VectorSelector, evaluation: Evaluation): readonly Series[] {
  const known = evaluation.selected.get(selector);
  if (known !== undefined) return known;
  const found = evaluation.store.select(selector.matchers);
  evaluation.selected.set(selector, found);
  return found;
}

/** What a selector has at a moment: the newest sample of each series, unless it is too old. */
export function instantElements(selector: VectorSelector, atMs: number, evaluation: Evaluation): Element[] {
  const wanted = atMs - selector.offsetMs;
  const elements: Element[] = [];
  const series = seriesOf(selector, evaluation);
  spend(evaluation, series.length);
  for (const one of series) {
    const index = one.timeline.lastAtOrBefore(wanted);
    const value = one.value(index);
    if (Number.isNaN(value)) continue;
    const at = one.timeline.at(index);
    // Prometheus 2 looks back over a closed interval.
    if (at < wanted - evaluation.lookbackMs) continue;
    elements.push({ labels: one.labels, value, at });
  }
  return elements;
}

let windowTimes = new Float64Array(2048);
let windowValues = new Float64Array(2048);

/** Visits the samples of each matching series within the closed range (Prometheus 2), oldest first. */
export function eachWindow(
  matrix: MatrixSelector,
  atMs: number,
  evaluation: Evaluation,
  visit: (window: Window) => void,
): void {
  const endMs = atMs - matrix.selector.offsetMs;
  const startMs = endMs - matrix.rangeMs;
  for (const one of seriesOf(matrix.selector, evaluation)) {
    const { timeline } = one;
    const last = timeline.lastAtOrBefore(endMs);
    let first = last;
    while (first > timeline.oldest() && timeline.at(first - 1) >= startMs) first -= 1;
    if (last < first || last < timeline.oldest() || timeline.at(first) < startMs) continue;
    if (last - first >= windowTimes.length) {
      windowTimes = new Float64Array((last - first + 1) * 2);
      windowValues = new Float64Array(windowTimes.length);
    }
    one.read(first, last, windowValues);
    let count = 0;
    for (let index = first; index <= last; index += 1) {
      const value = windowValues[index - first] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      windowTimes[count] = timeline.at(index);
      windowValues[count] = value;
      count += 1;
    }
    spend(evaluation, count);
    if (count > 0)
      visit({ labels: one.labels, times: windowTimes, values: windowValues, count, startMs, endMs });
  }
}

function spend(evaluation: Evaluation, samples: number): void {
  evaluation.budget -= samples;
  if (evaluation.budget < 0) {
    throw new QueryError(
      'execution',
      'query processing would load too many samples into memory in query execution',
    );
  }
}
