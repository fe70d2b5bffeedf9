import { z } from 'zod';
import { Holder } from '../../kit/holding.ts';
import { numberAt, resourceOf, type Rule } from '../rules.ts';

/** What a rule of a trip tells of it, besides what it blocks. */
export const Marker = Holder.extend({
  /** The service that calls are kept from. */
  host: z.string().max(300),
  /** Whose calls are stopped; null for everybody's. */
  caller: z.string().max(300).nullable(),
});
export type Marker = z.infer<typeof Marker>;

const sign = 'podium.dev/held ';

/**
 * A rule that lets no call through. Sentinel reads `refResource` of such a rule nowhere, and tells it again: every Podium
 * can see by it whose the rule is.
 */
export const blockingRule = (resource: string, marker: Marker): Rule => ({
  resource,
  limitApp: 'default',
  grade: 1,
  count: 0,
  strategy: 0,
  refResource: `${sign}${JSON.stringify(marker)}`,
});

/** Null where the rule is no trip's. */
export function markerOf(rule: Rule): Marker | null {
  const text = rule['refResource'];
  if (typeof text !== 'string' || !text.startsWith(sign) || text.length > 8_000) return null;
  try {
    return Marker.safeParse(JSON.parse(text.slice(sign.length))).data ?? null;
  } catch {
    return null;
  }
}

export const isOf = (rule: Rule, operationId: string): boolean => markerOf(rule)?.operationId === operationId;

/** Whether it lets no call through: what carries a marker may have been edited since. */
export const isBlocking = (rule: Rule): boolean =>
  numberAt(rule, 'count') === 0 &&
  (rule['limitApp'] ?? 'default') === 'default' &&
  rule['clusterMode'] !== true;

/** The resources that rules of an operation block. */
export const blockedBy = (rules: readonly Rule[], operationId: string): ReadonlySet<string> =>
  new Set(rules.filter((rule) => isOf(rule, operationId) && isBlocking(rule)).map(resourceOf));
