import { QueryError } from './errors.ts';
import type { Element } from './evaluation.ts';
import type { Aggregate } from './expression.ts';
import { dropLabels, keepLabels, type Labels } from './labels.ts';

/** Applies an aggregation to the elements of one moment. `groups` remembers which labels fall into which group. */
export function aggregate(
  expression: Aggregate,
  elements: readonly Element[],
  parameter: number | null,
  groups: Map<Labels, Labels>,
): Element[] {
  const names = new Set(expression.by ? expression.labels : [...expression.labels, '__name__']);
  const groupOf = (labels: Labels): Labels => {
    const known = groups.get(labels);
    if (known !== undefined) return known;
    const group = expression.by ? keepLabels(labels, names) : dropLabels(labels, names);
    groups.set(labels, group);
    return group;
  };
  const byKey = new Map<string, { readonly labels: Labels; readonly members: Element[] }>();
  for (const element of elements) {
    const labels = groupOf(element.labels);
    const known = byKey.get(labels.key);
    if (known === undefined) byKey.set(labels.key, { labels, members: [element] });
    else known.members.push(element);
  }
  const result: Element[] = [];
  for (const { labels, members } of byKey.values()) {
    if (expression.operator === 'topk' || expression.operator === 'bottomk') {
      result.push(...ranked(members, parameter ?? 0, expression.operator === 'topk'));
    } else {
      result.push({ labels, value: reduce(expression.operator, members, parameter) });
    }
  }
  return result;
}

function reduce(
  operator: Aggregate['operator'],
  members: readonly Element[],
  parameter: number | null,
): number {
  switch (operator) {
    case 'sum':
      return total(members);
    case 'avg':
      return total(members) / members.length;
    case 'min':
      return extreme(members, (value, best) => value < best);
    case 'max':
      return extreme(members, (value, best) => value > best);
    case 'count':
      return members.length;
    case 'group':
      return 1;
    case 'quantile':
      return quantile(parameter ?? Number.NaN, members);
    case 'topk':
    case 'bottomk':
      throw new QueryError('execution', `${operator} does not reduce`);
  }
}

/** Compensated, so that the order of series does not show in the last digits. */
function total(members: readonly Element[]): number {
  let sum = 0;
  let lost = 0;
  for (const { value } of members) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}

/** A NaN gives way to any number, as in Prometheus. */
function extreme(members: readonly Element[], better: (value: number, best: number) => boolean): number {
  let best = members[0]?.value ?? Number.NaN;
  for (const { value } of members) if (better(value, best) || Number.isNaN(best)) best = value;
  return best;
}

function quantile(wanted: number, members: readonly Element[]): number {
  if (Number.isNaN(wanted)) return Number.NaN;
  if (wanted < 0) return Number.NEGATIVE_INFINITY;
  if (wanted > 1) return Number.POSITIVE_INFINITY;
  const sorted = members.map(({ value }) => value).sort((left, right) => left - right);
  const rank = wanted * (sorted.length - 1);
  const lower = sorted[Math.floor(rank)] ?? Number.NaN;
  const upper = sorted[Math.min(sorted.length - 1, Math.floor(rank) + 1)] ?? Number.NaN;
  const weight = rank - Math.floor(rank);
  return lower * (1 - weight) + upper * weight;
}

function ranked(members: readonly Element[], howMany: number, largest: boolean): Element[] {
  const count = Math.trunc(howMany);
  if (!(count >= 1)) return [];
  return [...members]
    .sort((left, right) => {
      if (Number.isNaN(left.value)) return Number.isNaN(right.value) ? 0 : 1;
      if (Number.isNaN(right.value)) return -1;
      return largest ? right.value - left.value : left.value - right.value;
    })
    .slice(0, count);
}
