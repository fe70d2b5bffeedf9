import { notEvaluated, QueryError } from './errors.ts';
import type { Expression, ValueType } from './expression.ts';
import { compilePattern } from './matchers.ts';

type Signature = {
  readonly takes: readonly ValueType[];
  readonly optional?: number;
  readonly gives: ValueType;
};

const ofRange: Signature = { takes: ['matrix'], gives: 'vector' };
const ofVector: Signature = { takes: ['vector'], gives: 'vector' };

/** Every function that is evaluated, with what it takes and gives. */
const signatures: Readonly<Record<string, Signature>> = {
  rate: ofRange,
  increase: ofRange,
  irate: ofRange,
  idelta: ofRange,
  delta: ofRange,
  resets: ofRange,
  changes: ofRange,
  sum_over_time: ofRange,
  avg_over_time: ofRange,
  min_over_time: ofRange,
  max_over_time: ofRange,
  count_over_time: ofRange,
  last_over_time: ofRange,
  present_over_time: ofRange,
  abs: ofVector,
  ceil: ofVector,
  floor: ofVector,
  sqrt: ofVector,
  ln: ofVector,
  exp: ofVector,
  absent: ofVector,
  sort: ofVector,
  sort_desc: ofVector,
  timestamp: ofVector,
  clamp_min: { takes: ['vector', 'scalar'], gives: 'vector' },
  clamp_max: { takes: ['vector', 'scalar'], gives: 'vector' },
  clamp: { takes: ['vector', 'scalar', 'scalar'], gives: 'vector' },
  round: { takes: ['vector', 'scalar'], optional: 1, gives: 'vector' },
  histogram_quantile: { takes: ['scalar', 'vector'], gives: 'vector' },
  label_replace: { takes: ['vector', 'string', 'string', 'string', 'string'], gives: 'vector' },
  vector: { takes: ['scalar'], gives: 'vector' },
  scalar: { takes: ['vector'], gives: 'scalar' },
  time: { takes: [], gives: 'scalar' },
};

const words: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};

/** The words Prometheus has for a type. */
export const typeInWords = (type: ValueType): string => words[type];

/** The type of an expression; refuses what does not fit together. */
export function checkTypes(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vector-selector':
      for (const matcher of expression.matchers) {
        if (matcher.operator === '=~' || matcher.operator === '!~') compilePattern(matcher.value);
      }
      return 'vector';
    case 'matrix-selector':
      checkTypes(expression.selector);
      return 'matrix';
    case 'negative': {
      const type = checkTypes(expression.operand);
      if (type === 'scalar' || type === 'vector') return type;
      throw wrong(
        `unary expression only allowed on expressions of type scalar or instant vector, got "${words[type]}"`,
      );
    }
    case 'aggregate': {
      expect(checkTypes(expression.operand), 'vector', 'aggregation expression');
      if (expression.parameter !== null)
        expect(checkTypes(expression.parameter), 'scalar', 'aggregation parameter');
      return 'vector';
    }
    case 'call':
      return checkCall(expression);
    case 'binary':
      return checkBinary(expression);
  }
}

function checkCall(call: Extract<Expression, { kind: 'call' }>): ValueType {
  const signature = signatures[call.name];
  if (signature === undefined) throw notEvaluated(`${call.name}()`);
  const most = signature.takes.length;
  const least = most - (signature.optional ?? 0);
  const got = call.parameters.length;
  if (got < least || got > most) {
    const bound = got < least ? (least === most ? '' : 'at least ') : least === most ? '' : 'at most ';
    const count = got < least ? least : most;
    throw wrong(`expected ${bound}${count} argument(s) in call to "${call.name}", got ${got}`);
  }
  call.parameters.forEach((parameter, index) => {
    expect(checkTypes(parameter), signature.takes[index] ?? 'vector', `call to function "${call.name}"`);
  });
  return signature.gives;
}

function checkBinary(binary: Extract<Expression, { kind: 'binary' }>): ValueType {
  const left = checkTypes(binary.left);
  const right = checkTypes(binary.right);
  const comparison = ['==', '!=', '<', '<=', '>', '>='].includes(binary.operator);
  const set = ['and', 'or', 'unless'].includes(binary.operator);
  for (const type of [left, right]) {
    if (type !== 'scalar' && type !== 'vector') {
      throw wrong('binary expression must contain only scalar and instant vector types');
    }
  }
  if (binary.bool && !comparison) throw wrong('bool modifier can only be used on comparison operators');
  if (comparison && !binary.bool && left === 'scalar' && right === 'scalar') {
    throw wrong('comparisons between scalars must use BOOL modifier');
  }
  if (set && (left === 'scalar' || right === 'scalar')) {
    throw wrong(`set operator "${binary.operator}" not allowed in binary scalar expression`);
  }
  if (binary.matching !== null) {
    if (left === 'scalar' || right === 'scalar')
      throw wrong('vector matching only allowed between instant vectors');
    if (set && binary.matching.group !== null)
      throw wrong(`no grouping allowed for "${binary.operator}" operation`);
    const clash = binary.matching.include.find(
      (label) => binary.matching?.on && binary.matching.labels.includes(label),
    );
    if (clash !== undefined) throw wrong(`label "${clash}" must not occur in ON and GROUP clause at once`);
  }
  return left === 'scalar' && right === 'scalar' ? 'scalar' : 'vector';
}

function expect(got: ValueType, wanted: ValueType, where: string): void {
  if (got !== wanted) throw wrong(`expected type ${words[wanted]} in ${where}, got ${words[got]}`);
}

const wrong = (message: string): QueryError => new QueryError('bad_data', `1:1: parse error: ${message}`);
