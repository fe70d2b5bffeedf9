import { z } from 'zod';

const Part = z.looseObject({ name: z.string(), args: z.record(z.string(), z.unknown()).default({}) });

const Definition = z.looseObject({
  id: z.string().min(1).max(1_000),
  uri: z.string().max(2_000),
  order: z.number().default(0),
  predicates: z.array(Part).default([]),
  filters: z.array(Part).default([]),
});
/** A route as it is stored, with all that this gateway's version writes of it. */
export type Definition = z.infer<typeof Definition>;

const Live = z.looseObject({
  route_id: z.string(),
  predicate: z.string().default(''),
  order: z.number().default(0),
});
/** A route as it is served. Its predicate is a text, made for people. */
export interface LiveRoute {
  readonly id: string;
  readonly predicate: string;
  readonly order: number;
}

/** Null where it is no list of definitions. */
export const readDefinitions = (body: unknown): readonly Definition[] | null =>
  z.array(Definition).safeParse(body).data ?? null;

/** Null where it is no list of routes. */
export const readLive = (body: unknown): readonly LiveRoute[] | null =>
  z
    .array(Live)
    .safeParse(body)
    .data?.map(({ route_id: id, predicate, order }) => ({ id, predicate, order })) ?? null;

/** What one `Weight` predicate says; null in place of a weight that the gateway could not load as a number. */
export interface Weighed {
  readonly group: string;
  readonly weight: number | null;
}

// The short form “Weight=group, 8” is stored by position, the long one by names: no others are bound, and one that is not
// bound keeps the whole table from loading at the next refresh, which answers 200 all the same.
const keys = [
  { group: '_genkey_0', weight: '_genkey_1' },
  { group: 'weight.group', weight: 'weight.weight' },
] as const;

/** The weight of a route; null where it has none. */
export function weightOf({ predicates }: Definition): Weighed | null {
  const args = predicates.find(({ name }) => name === 'Weight')?.args;
  if (args === undefined) return null;
  const key = keys.find(({ group }) => args[group] !== undefined);
  const group = key === undefined ? (args['group'] ?? '') : args[key.group];
  const weight = key === undefined ? null : String(args[key.weight]);
  return {
    group: String(group),
    weight: weight !== null && /^\d{1,9}$/.test(weight) ? Number(weight) : null,
  };
}

/** The same definition with another weight, and nothing else of it touched. */
export function withWeight(definition: Definition, weight: number): Definition {
  return {
    ...definition,
    predicates: definition.predicates.map((predicate) => {
      const key =
        predicate.name === 'Weight'
          ? keys.find(({ group }) => predicate.args[group] !== undefined)
          : undefined;
      return key === undefined
        ? predicate
        : { ...predicate, args: { ...predicate.args, [key.weight]: String(weight) } };
    }),
  };
}

/** The weight in the text of a served route: “(… && Weight: payment 80)”. Null where it has none of this group. */
export function liveWeightOf({ predicate }: LiveRoute, group: string): number | null {
  const said = `Weight: ${group} `;
  const at = predicate.indexOf(said);
  const digits = at === -1 ? undefined : /^(\d{1,9})(?=\)|$)/.exec(predicate.slice(at + said.length))?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Groups that served routes name. */
export function liveGroupOf({ predicate }: LiveRoute): string | null {
  return /Weight: (.+) \d{1,9}\)/.exec(predicate)?.[1] ?? null;
}

/** Which requests a route takes, beside its weight: "Path /pay/**, Header X-Grey yes". */
export function sayConditions({ predicates }: Definition): string {
  const others = predicates.filter(({ name }) => name !== 'Weight');
  return (
    others
      .map(({ name, args }) => `${name} ${Object.values(args).map(String).join(' ')}`.trim())
      .join(', ')
      .slice(0, 300) || 'all requests'
  );
}

/** Whether any text of it, at whatever depth, would be evaluated by Spring: then it is not written. */
export function hasExpression(value: unknown): boolean {
  if (typeof value === 'string') return /[#$]\{/.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => hasExpression(key) || hasExpression(inner));
}
