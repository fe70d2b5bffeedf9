import { QueryError, notEvaluated } from './errors.ts';
import { eachWindow, elementsOf, scalarOf, vectorOf } from './evaluation.ts';
import type { Element, Evaluation, Value } from './evaluation.ts';
import type { Call, Expression } from './expression.ts';
import { histogramQuantiles } from './histogramQuantile.ts';
import { createLabels, labelValue, setLabel, withoutMetricName } from './labels.ts';
import { compilePattern } from './matchers.ts';
import { rangeFunctions } from './overTime.ts';

/** How a function gets the value of a parameter. */
type Evaluate = (expression: Expression, atMs: number, evaluation: Evaluation) => Value;

/** The value of a function call at a time. */
export function callFunction(call: Call, atMs: number, evaluation: Evaluation, evaluate: Evaluate): Value {
  const [first, second, third] = call.parameters;
  const ranged = rangeFunctions[call.name];
  if (ranged !== undefined && first?.kind === 'matrix-selector') {
    const keepsName = call.name === 'last_over_time';
    const elements: Element[] = [];
    eachWindow(first, atMs, evaluation, (window) => {
      const value = ranged(window);
      if (value === null) return;
      elements.push({ labels: keepsName ? window.labels : withoutMetricName(window.labels), value });
    });
    return vectorOf(unique(elements));
  }
  const vectorAt = (parameter: Expression | undefined): readonly Element[] =>
    parameter === undefined ? [] : elementsOf(evaluate(parameter, atMs, evaluation));
  const scalarAt = (parameter: Expression | undefined, absent: number): number =>
    parameter === undefined ? absent : scalarOf(evaluate(parameter, atMs, evaluation));
  const mapped = (change: (value: number) => number): Value =>
    vectorOf(
      unique(
        vectorAt(first).map(({ labels, value }) => ({
          labels: withoutMetricName(labels),
          value: change(value),
        })),
      ),
    );

  switch (call.name) {
    case 'abs':
      return mapped(Math.abs);
    case 'ceil':
      return mapped(Math.ceil);
    case 'floor':
      return mapped(Math.floor);
    case 'sqrt':
      return mapped(Math.sqrt);
    case 'ln':
      return mapped(Math.log);
    case 'exp':
      return mapped(Math.exp);
    case 'round': {
      // Prometheus divides by the inverse, which keeps round(x, 0.1) exact.
      const inverse = 1 / scalarAt(second, 1);
      return mapped((value) => Math.floor(value * inverse + 0.5) / inverse);
    }
    case 'clamp_min': {
      const least = scalarAt(second, 0);
      return mapped((value) => Math.max(value, least));
    }
    case 'clamp_max': {
      const most = scalarAt(second, 0);
      return mapped((value) => Math.min(value, most));
    }
    case 'clamp': {
      const least = scalarAt(second, 0);
      const most = scalarAt(third, 0);
      if (most < least) return vectorOf([]);
      return mapped((value) => Math.max(least, Math.min(most, value)));
    }
    case 'sort':
      return vectorOf([...vectorAt(first)].sort((left, right) => compareNumbers(left.value, right.value)));
    case 'sort_desc':
      return vectorOf([...vectorAt(first)].sort((left, right) => compareNumbers(right.value, left.value)));
    case 'timestamp':
      return vectorOf(
        unique(
          vectorAt(first).map(({ labels, at }) => ({
            labels: withoutMetricName(labels),
            value: (at ?? atMs) / 1000,
          })),
        ),
      );
    case 'absent':
      return vectorOf(vectorAt(first).length > 0 ? [] : [{ labels: absentLabels(first), value: 1 }]);
    case 'histogram_quantile':
      return vectorOf(histogramQuantiles(scalarAt(first, Number.NaN), vectorAt(second)));
    case 'label_replace':
      return vectorOf(replaceLabel(call, vectorAt(first)));
    case 'vector':
      return vectorOf([{ labels: createLabels({}), value: scalarAt(first, Number.NaN) }]);
    case 'scalar': {
      const elements = vectorAt(first);
      return {
        type: 'scalar',
        value: elements.length === 1 ? (elements[0]?.value ?? Number.NaN) : Number.NaN,
      };
    }
    case 'time':
      return { type: 'scalar', value: atMs / 1000 };
    default:
      throw notEvaluated(`${call.name}()`);
  }
}

/** Refuses what Prometheus refuses: two results with the same labels. */
export function unique(elements: readonly Element[]): readonly Element[] {
  const seen = new Set<string>();
  for (const { labels } of elements) {
    if (seen.has(labels.key)) {
      throw new QueryError('execution', 'vector cannot contain metrics with the same labelset');
    }
    seen.add(labels.key);
  }
  return elements;
}

/** NaN goes last either way. */
function compareNumbers(left: number, right: number): number {
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1;
  return Number.isNaN(right) ? -1 : left - right;
}

function absentLabels(parameter: Expression | undefined): Element['labels'] {
  if (parameter?.kind !== 'vector-selector') return createLabels({});
  const known: Record<string, string> = {};
  const twice = new Set<string>();
  for (const { label, operator, value } of parameter.matchers) {
    if (label === '__name__') continue;
    if (operator !== '=' || label in known) twice.add(label);
    else known[label] = value;
  }
  return createLabels(Object.fromEntries(Object.entries(known).filter(([label]) => !twice.has(label))));
}

function replaceLabel(call: Call, elements: readonly Element[]): readonly Element[] {
  const [target, replacement, source, pattern] = call.parameters
    .slice(1)
    .map((parameter) => (parameter.kind === 'string' ? parameter.value : ''));
  if (target === undefined || replacement === undefined || source === undefined || pattern === undefined) {
    throw notEvaluated('label_replace() with computed strings');
  }
  if (!/^[A-Za-z_]\w*$/.test(target)) {
    throw new QueryError('execution', `invalid destination label name in label_replace(): ${target}`);
  }
  const expression = patternOf(pattern);
  return unique(
    elements.map((element) => {
      const found = expression.exec(labelValue(element.labels, source));
      if (found === null) return element;
      const value = replacement.replace(
        /\$(?:\{(\w+)\}|(\w+)|\$)/g,
        (whole, braced?: string, bare?: string) => {
          if (whole === '$$') return '$';
          const name = braced ?? bare ?? '';
          return (/^\d+$/.test(name) ? found[Number(name)] : found.groups?.[name]) ?? '';
        },
      );
      return { ...element, labels: setLabel(element.labels, target, value) };
    }),
  );
}

function patternOf(pattern: string): RegExp {
  try {
    return compilePattern(pattern);
  } catch {
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${pattern}`);
  }
}
