import { parser } from '@prometheus-io/lezer-promql';
import { parseDurationMs, parseNumber } from './duration.ts';
import { notEvaluated, QueryError } from './errors.ts';
import type {
  AggregateOperator,
  BinaryOperator,
  Expression,
  Matching,
  VectorSelector,
} from './expression.ts';
import type { Matcher } from './matchers.ts';
import { matchesEmpty } from './matchers.ts';
import { refusal, unexpected } from './syntaxErrors.ts';
import { unquote } from './unquote.ts';
import { checkTypes } from './valueTypes.ts';

type Node = ReturnType<typeof parser.parse>['topNode'];

const longestQuery = 65_536;

/** Parses a query and checks its types; refused with Prometheus's words where they are known. */
export function parseQuery(text: string): Expression {
  if (text.length > longestQuery)
    throw new QueryError('bad_data', `query longer than ${longestQuery} characters`);
  if (text.trim() === '') throw new QueryError('bad_data', '1:1: parse error: no expression found in input');
  const tree = parser.parse(text);
  tree.iterate({
    enter(node) {
      if (node.type.isError) throw unexpected(text, node.from);
    },
  });
  const root = tree.topNode.firstChild;
  if (root === null) throw unexpected(text, 0);
  const expression = read(root, text);
  checkTypes(expression);
  return expression;
}

/** Parses a bare selector, as `match[]` takes it. */
export function parseSelector(text: string): readonly Matcher[] {
  const expression = parseQuery(text);
  if (expression.kind !== 'vector-selector') {
    throw new QueryError('bad_data', `1:1: parse error: "${text}" is not a series selector`);
  }
  return expression.matchers;
}

function read(node: Node, text: string): Expression {
  switch (node.name) {
    case 'ParenExpr':
      return read(only(node, text), text);
    case 'NumberDurationLiteral':
      return { kind: 'number', value: numberOf(node, text) };
    case 'StringLiteral':
      return { kind: 'string', value: stringOf(node, text) };
    case 'UnaryExpr': {
      const operand = read(expressionsOf(node)[0] ?? missing(node), text);
      if (textOf(node, text).startsWith('+')) return operand;
      return operand.kind === 'number'
        ? { kind: 'number', value: -operand.value }
        : { kind: 'negative', operand };
    }
    case 'VectorSelector':
      return readSelector(node, text);
    case 'MatrixSelector': {
      const selector = read(expressionsOf(node)[0] ?? missing(node), text);
      if (selector.kind !== 'vector-selector') {
        throw new QueryError('bad_data', '1:1: parse error: ranges only allowed for vector selectors');
      }
      if (selector.offsetMs !== 0) {
        throw new QueryError('bad_data', '1:1: parse error: no offset modifiers allowed before range');
      }
      const duration = node.getChild('DurationExpr');
      const rangeMs = duration === null ? null : durationOf(duration, text);
      if (rangeMs === null) throw noDuration(duration ?? node, text);
      if (rangeMs <= 0) throw new QueryError('bad_data', '1:1: parse error: duration must be greater than 0');
      return { kind: 'matrix-selector', selector, rangeMs };
    }
    case 'OffsetExpr':
      return readOffset(node, text);
    case 'BinaryExpr':
      return readBinary(node, text);
    case 'AggregateExpr':
      return readAggregate(node, text);
    case 'FunctionCall': {
      const name = textOf(node.getChild('FunctionIdentifier') ?? missing(node), text);
      return { kind: 'call', name, parameters: argumentsOf(node).map((argument) => read(argument, text)) };
    }
    case 'StepInvariantExpr':
      throw notEvaluated('the @ modifier');
    case 'SubqueryExpr':
      throw notEvaluated('a subquery');
    default:
      throw notEvaluated(`"${textOf(node, text).slice(0, 80)}"`);
  }
}

function readSelector(node: Node, text: string): VectorSelector {
  const matchers: Matcher[] = [];
  const name = node.getChild('Identifier');
  if (name !== null) matchers.push({ label: '__name__', operator: '=', value: textOf(name, text) });
  for (const child of childrenOf(node.getChild('LabelMatchers'))) {
    const [label, operator, value] = childrenOf(child);
    if (child.name === 'QuotedLabelName') {
      matchers.push({ label: '__name__', operator: '=', value: stringOf(child, text) });
    } else if (label !== undefined && operator !== undefined && value !== undefined) {
      matchers.push({
        label: child.name === 'QuotedLabelMatcher' ? stringOf(label, text) : textOf(label, text),
        operator: textOf(operator, text) as Matcher['operator'], // the grammar knows only these four
        value: stringOf(value, text),
      });
    }
  }
  if (name !== null && matchers.slice(1).some((matcher) => matcher.label === '__name__')) {
    throw new QueryError('bad_data', '1:1: parse error: metric name must not be set twice');
  }
  if (matchers.every(matchesEmpty)) {
    throw new QueryError(
      'bad_data',
      '1:1: parse error: vector selector must contain at least one non-empty matcher',
    );
  }
  return { kind: 'vector-selector', matchers, offsetMs: 0 };
}

function readOffset(node: Node, text: string): Expression {
  const inner = read(expressionsOf(node)[0] ?? missing(node), text);
  const duration = node.getChild('OffsetDurationExpr');
  const offsetMs = duration === null ? null : durationOf(duration, text);
  if (offsetMs === null) throw noDuration(duration ?? node, text);
  if (inner.kind === 'vector-selector') return { ...inner, offsetMs };
  if (inner.kind === 'matrix-selector') return { ...inner, selector: { ...inner.selector, offsetMs } };
  throw new QueryError(
    'bad_data',
    '1:1: parse error: offset modifier must be preceded by an instant or range selector',
  );
}

function readBinary(node: Node, text: string): Expression {
  const [left, right] = expressionsOf(node);
  const operatorNode = childrenOf(node).find((child) => !isExpression(child)) ?? missing(node);
  if (['TrimUpper', 'TrimLower', 'Atan2'].includes(operatorNode.name))
    throw notEvaluated(textOf(operatorNode, text));
  if (node.getChild('FillModifier') !== null) throw notEvaluated('fill');
  const clause = node.getChild('MatchingModifierClause');
  return {
    kind: 'binary',
    operator: textOf(operatorNode, text).toLowerCase() as BinaryOperator, // the grammar's operators less the refused ones
    left: read(left ?? missing(node), text),
    right: read(right ?? missing(node), text),
    bool: node.getChild('BoolModifier') !== null,
    matching: clause === null ? null : readMatching(clause, text),
  };
}

function readMatching(clause: Node, text: string): Matching {
  const [labels, include] = clause.getChildren('GroupingLabels');
  const left = clause.getChild('GroupLeft') !== null;
  const right = clause.getChild('GroupRight') !== null;
  return {
    on: clause.getChild('On') !== null,
    labels: namesOf(labels, text),
    group: left ? 'left' : right ? 'right' : null,
    include: namesOf(include, text),
  };
}

function readAggregate(node: Node, text: string): Expression {
  const operator = textOf(node.getChild('AggregateOp') ?? missing(node), text).toLowerCase();
  if (!['sum', 'avg', 'min', 'max', 'count', 'group', 'topk', 'bottomk', 'quantile'].includes(operator)) {
    throw notEvaluated(operator);
  }
  const [first, second, ...more] = argumentsOf(node).map((argument) => read(argument, text));
  const wanted = ['topk', 'bottomk', 'quantile'].includes(operator) ? 2 : 1;
  const got = (first === undefined ? 0 : 1) + (second === undefined ? 0 : 1) + more.length;
  if (got !== wanted || first === undefined) {
    throw new QueryError(
      'bad_data',
      `1:1: parse error: wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${got}`,
    );
  }
  const modifier = node.getChild('AggregateModifier');
  return {
    kind: 'aggregate',
    operator: operator as AggregateOperator, // one of the list above
    parameter: second === undefined ? null : first,
    operand: second ?? first,
    by: modifier === null || modifier.getChild('By') !== null,
    labels: namesOf(modifier?.getChild('GroupingLabels') ?? undefined, text),
  };
}

const expressionNames = new Set([
  'AggregateExpr',
  'BinaryExpr',
  'FunctionCall',
  'MatrixSelector',
  'NumberDurationLiteral',
  'OffsetExpr',
  'ParenExpr',
  'StringLiteral',
  'SubqueryExpr',
  'UnaryExpr',
  'VectorSelector',
  'StepInvariantExpr',
  'AnchoredExpr',
  'SmoothedExpr',
]);

const isExpression = (node: Node): boolean => expressionNames.has(node.name);
const expressionsOf = (node: Node): Node[] => childrenOf(node).filter(isExpression);
const argumentsOf = (node: Node): Node[] => expressionsOf(node.getChild('FunctionCallBody') ?? missing(node));
const only = (node: Node, text: string): Node => expressionsOf(node)[0] ?? missing(node, text);
const textOf = (node: Node, text: string): string => text.slice(node.from, node.to);

function childrenOf(node: Node | null): Node[] {
  const children: Node[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

function namesOf(node: Node | undefined, text: string): string[] {
  return childrenOf(node ?? null).map((child) =>
    child.name === 'QuotedLabelName' ? stringOf(child, text) : textOf(child, text),
  );
}

function numberOf(node: Node, text: string): number {
  const source = textOf(node, text);
  const value = parseNumber(source);
  // Prometheus 3 takes a duration for a number of seconds; the version followed here does not.
  if (parseDurationMs(source) !== null) throw refusal(text, node.from, `unexpected duration "${source}"`);
  if (value === null) throw unexpected(text, node.from);
  return value;
}

/** Milliseconds of a duration, also of a negative one; null for arithmetic. */
function durationOf(node: Node, text: string): number | null {
  const source = textOf(node, text).replace(/\s+/g, '');
  const negative = source.startsWith('-');
  const bare = source.replace(/^[+-]/, '');
  const duration = parseDurationMs(bare);
  return duration === null ? null : negative ? -duration : duration;
}

function noDuration(node: Node, text: string): QueryError {
  if (/^[-+]?\d+$/.test(textOf(node, text)))
    return refusal(text, node.from, 'missing unit character in duration');
  return notEvaluated('arithmetic on durations');
}

function stringOf(node: Node, text: string): string {
  const value = unquote(textOf(node, text));
  if (value === null) throw refusal(text, node.from, 'unterminated quoted string');
  return value;
}

function missing(node: Node, text?: string): never {
  throw new QueryError('bad_data', `${node.from + 1}: parse error: incomplete ${text ?? node.name}`);
}
