import { QueryError } from './errors.ts';
import { elementsOf, vectorOf } from './evaluation.ts';
import type { Element, Value } from './evaluation.ts';
import type { Binary, BinaryOperator, Matching } from './expression.ts';
import { describeLabels, dropLabels, keepLabels, labelValue, setLabel, withoutMetricName } from './labels.ts';
import type { Labels } from './labels.ts';

const comparisons: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(['==', '!=', '<', '<=', '>', '>=']);
const everyLabel: Matching = { on: false, labels: [], group: null, include: [] };

/** The value of a binary expression at one moment. */
export function combine(expression: Binary, left: Value, right: Value): Value {
  const { operator, bool } = expression;
  if (left.type === 'scalar' && right.type === 'scalar') {
    return { type: 'scalar', value: arithmetic(operator, left.value, right.value) };
  }
  if (left.type === 'scalar') return withScalar(expression, elementsOf(right), left.value, true);
  if (right.type === 'scalar') return withScalar(expression, elementsOf(left), right.value, false);
  const matching = expression.matching ?? everyLabel;
  const signature = signatureOf(matching);
  switch (operator) {
    case 'and':
    case 'unless': {
      const present = new Set(elementsOf(right).map(({ labels }) => signature(labels)));
      const wanted = operator === 'and';
      return vectorOf(elementsOf(left).filter(({ labels }) => present.has(signature(labels)) === wanted));
    }
    case 'or': {
      const present = new Set(elementsOf(left).map(({ labels }) => signature(labels)));
      const added = elementsOf(right).filter(({ labels }) => !present.has(signature(labels)));
      return vectorOf([...elementsOf(left), ...added]);
    }
    default:
      return vectorOf(matched(operator, bool, matching, signature, elementsOf(left), elementsOf(right)));
  }
}

function withScalar(
  expression: Binary,
  elements: readonly Element[],
  scalar: number,
  scalarFirst: boolean,
): Value {
  const { operator, bool } = expression;
  const filters = comparisons.has(operator) && !bool;
  const result: Element[] = [];
  for (const element of elements) {
    const outcome = scalarFirst
      ? arithmetic(operator, scalar, element.value)
      : arithmetic(operator, element.value, scalar);
    if (!filters) result.push({ labels: withoutMetricName(element.labels), value: outcome });
    else if (outcome === 1) result.push(element);
  }
  return vectorOf(result);
}

function matched(
  operator: BinaryOperator,
  bool: boolean,
  matching: Matching,
  signature: (labels: Labels) => string,
  left: readonly Element[],
  right: readonly Element[],
): Element[] {
  const filters = comparisons.has(operator) && !bool;
  const manyOnRight = matching.group === 'right';
  const ones = new Map<string, Element>();
  for (const element of manyOnRight ? left : right) {
    const key = signature(element.labels);
    const other = ones.get(key);
    if (other !== undefined) {
      throw new QueryError(
        'execution',
        `found duplicate series for the match group ${describeLabels(matchLabels(element.labels, matching))} on the ` +
          `${manyOnRight ? 'left' : 'right'} hand-side of the operation: ` +
          `[${describeLabels(element.labels)}, ${describeLabels(other.labels)}];` +
          'many-to-many matching not allowed: matching labels must be unique on one side',
      );
    }
    ones.set(key, element);
  }
  const taken = new Set<string>();
  const result: Element[] = [];
  for (const many of manyOnRight ? right : left) {
    const key = signature(many.labels);
    const one = ones.get(key);
    if (one === undefined) continue;
    const [leftValue, rightValue] = manyOnRight ? [one.value, many.value] : [many.value, one.value];
    const outcome = arithmetic(operator, leftValue, rightValue);
    if (filters && outcome !== 1) continue;
    const labels = resultLabels(many.labels, one.labels, matching, filters);
    const identity = matching.group === null ? key : labels.key;
    if (taken.has(identity)) {
      throw new QueryError(
        'execution',
        matching.group === null
          ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
          : 'multiple matches for labels: grouping labels must ensure unique matches',
      );
    }
    taken.add(identity);
    result.push({ labels, value: filters ? leftValue : outcome });
  }
  return result;
}

function signatureOf(matching: Matching): (labels: Labels) => string {
  const known = new Map<Labels, string>();
  return (labels) => {
    const before = known.get(labels);
    if (before !== undefined) return before;
    const { key } = matchLabels(labels, matching);
    known.set(labels, key);
    return key;
  };
}

function matchLabels(labels: Labels, matching: Matching): Labels {
  return matching.on
    ? keepLabels(labels, new Set(matching.labels))
    : dropLabels(labels, new Set([...matching.labels, '__name__']));
}

function resultLabels(many: Labels, one: Labels, matching: Matching, keepsName: boolean): Labels {
  let labels = keepsName ? many : withoutMetricName(many);
  if (matching.group === null) {
    labels = matching.on
      ? keepLabels(labels, new Set(matching.labels))
      : dropLabels(labels, new Set(matching.labels));
  }
  for (const name of matching.include) labels = setLabel(labels, name, labelValue(one, name));
  return labels;
}

/** One operation on two numbers; a comparison is 1 or 0. */
function arithmetic(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return left ** right;
    case '==':
      return left === right ? 1 : 0;
    case '!=':
      return left !== right ? 1 : 0;
    case '<':
      return left < right ? 1 : 0;
    case '<=':
      return left <= right ? 1 : 0;
    case '>':
      return left > right ? 1 : 0;
    case '>=':
      return left >= right ? 1 : 0;
    case 'and':
    case 'or':
    case 'unless':
      throw new QueryError('execution', `${operator} is for vectors`);
  }
}
