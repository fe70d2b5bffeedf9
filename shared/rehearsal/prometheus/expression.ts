import type { Matcher } from './matchers.ts';

/** What an expression yields. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

export interface VectorSelector {
  readonly kind: 'vector-selector';
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
}

export interface MatrixSelector {
  readonly kind: 'matrix-selector';
  readonly selector: VectorSelector;
  readonly rangeMs: number;
}

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or' | 'unless';

/** How two vectors find each other's elements. */
export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly group: 'left' | 'right' | null;
  readonly include: readonly string[];
}

export interface Binary {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly bool: boolean;
  readonly matching: Matching | null;
}

export type AggregateOperator =
  'sum' | 'avg' | 'min' | 'max' | 'count' | 'group' | 'topk' | 'bottomk' | 'quantile';

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly operator: AggregateOperator;
  readonly parameter: Expression | null;
  readonly operand: Expression;
  readonly by: boolean;
  readonly labels: readonly string[];
}

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly parameters: readonly Expression[];
}

/** A parsed query. */
export type Expression =
  | VectorSelector
  | MatrixSelector
  | Binary
  | Aggregate
  | Call
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'negative'; readonly operand: Expression };
