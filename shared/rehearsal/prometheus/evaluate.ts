import { aggregate } from './aggregate.ts';
import { combine } from './binary.ts';
import { QueryError } from './errors.ts';
import {
  elementsOf,
  instantElements,
  scalarOf,
  vectorOf,
  type Evaluation,
  type Value,
} from './evaluation.ts';
import type { Expression } from './expression.ts';
import { callFunction } from './functions.ts';
import { withoutMetricName, type Labels } from './labels.ts';

/** The value of an expression at a time (epoch ms). */
export function evaluate(expression: Expression, atMs: number, evaluation: Evaluation): Value {
  switch (expression.kind) {
    case 'number':
      return { type: 'scalar', value: expression.value };
    case 'string':
      return { type: 'string', value: expression.value };
    case 'vector-selector':
      return { type: 'vector', elements: instantElements(expression, atMs, evaluation) };
    case 'matrix-selector':
      throw new QueryError('execution', 'a range vector has no value of its own here');
    case 'negative': {
      const value = evaluate(expression.operand, atMs, evaluation);
      if (value.type === 'scalar') return { type: 'scalar', value: -value.value };
      return vectorOf(
        elementsOf(value).map(({ labels, value: number }) => ({
          labels: withoutMetricName(labels),
          value: -number,
        })),
      );
    }
    case 'aggregate': {
      const parameter =
        expression.parameter === null ? null : scalarOf(evaluate(expression.parameter, atMs, evaluation));
      const operand = elementsOf(evaluate(expression.operand, atMs, evaluation));
      const groups = evaluation.groups.get(expression) ?? new Map<Labels, Labels>();
      evaluation.groups.set(expression, groups);
      return vectorOf(aggregate(expression, operand, parameter, groups));
    }
    case 'binary':
      return combine(
        expression,
        evaluate(expression.left, atMs, evaluation),
        evaluate(expression.right, atMs, evaluation),
      );
    case 'call':
      return callFunction(expression, atMs, evaluation, evaluate);
  }
}
