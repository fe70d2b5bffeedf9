import { z } from 'zod';

/** The sets of rules that an instance has, each replaced as a whole. */
export const ruleTypes = ['flow', 'degrade', 'authority', 'system', 'paramFlow'] as const;
export type RuleType = (typeof ruleTypes)[number];

/** "Flow rules". */
export const typeTitles: Readonly<Record<RuleType, string>> = {
  flow: 'Flow rules',
  degrade: 'Degrade rules',
  authority: 'Authority rules',
  system: 'System rules',
  paramFlow: 'Parameter rules',
};

/** One rule with every field that the instance told, so that those which Podium does not know are written back too. */
export type Rule = Readonly<Record<string, unknown>>;

const Rules = z.array(z.record(z.string(), z.unknown()));

/** Null where the text is no list of rules. */
export function readRules(text: string): readonly Rule[] | null {
  try {
    return Rules.safeParse(JSON.parse(text, keepNumbers)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * An id is a Java long and may be more than JavaScript can count to. It is kept as its digits, which Sentinel takes for
 * the same number.
 */
function keepNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const digits = context?.source;
  if (typeof value !== 'number' || digits === undefined) return value;
  return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(digits) ? digits : value;
}

/** What a rule is for; empty where it is for the whole process. */
export const resourceOf = (rule: Rule): string => textAt(rule, 'resource') ?? '';

export const textAt = (rule: Rule, field: string): string | null => {
  const value = rule[field];
  return typeof value === 'string' && value !== '' ? value.slice(0, 1_000) : null;
};

export const numberAt = (rule: Rule, field: string): number | null => {
  const value = rule[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

/** The same for rules that say the same, in whatever order. */
export const identityOf = (rule: Rule): string => stable(rule);

/** The same for sets of the same rules: an instance lists them in an order of its own. */
export const fingerprintOf = (rules: readonly Rule[]): string => rules.map(identityOf).sort().join('\n');

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${stable(one)}`).join(',')}}`;
}

/** Rules of the first set that the second lacks; a rule that is there twice counts twice. */
export function without(rules: readonly Rule[], taken: readonly Rule[]): Rule[] {
  const left = new Map<string, number>();
  for (const rule of taken) left.set(identityOf(rule), (left.get(identityOf(rule)) ?? 0) + 1);
  return rules.filter((rule) => {
    const count = left.get(identityOf(rule)) ?? 0;
    if (count > 0) left.set(identityOf(rule), count - 1);
    return count === 0;
  });
}

/** Whether a rule that was read is the one that was written: an instance adds the fields that were left out. */
export const isAsWritten = (written: Rule, read: Rule): boolean =>
  Object.entries(written).every(([field, value]) => stable(value) === stable(read[field]));
