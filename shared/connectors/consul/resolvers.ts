import { z } from 'zod';
import type { Entry } from './entries.ts';
import type { Instance } from './instances.ts';

const resolver = z.object({
  DefaultSubset: z.string().nullish(),
  Subsets: z
    .record(z.string(), z.object({ Filter: z.string().default(''), OnlyPassing: z.boolean().default(false) }))
    .nullish(),
  Redirect: z.object({ Service: z.string().nullish(), Datacenter: z.string().nullish() }).nullish(),
});
export type Resolver = z.infer<typeof resolver>;

/** What a service-resolver says; null where it cannot be read. */
export const readResolver = (entry: Entry | undefined): Resolver | null =>
  entry === undefined ? null : (resolver.safeParse(entry.content).data ?? null);

/** Which instances a subset stands for, and the version they share. */
export interface Subset {
  /** Null where its filter is more than Podium reads. */
  readonly readyInstances: number | null;
  readonly version: string | null;
}

/** The instances of a service that a subset's filter selects. Only plain comparisons are read; Consul alone knows the rest. */
export function subsetOf(
  { Filter, OnlyPassing }: { readonly Filter: string; readonly OnlyPassing: boolean },
  instances: readonly Instance[],
): Subset {
  const conditions = conditionsOf(Filter);
  if (conditions === null) return { readyInstances: null, version: null };
  const chosen = instances.filter((one) => conditions.every((holds) => holds(one)));
  const versions = new Set(chosen.map(({ version }) => version));
  const [only] = versions;
  return {
    readyInstances: chosen.filter(({ ready, passing }) => (OnlyPassing ? passing : ready)).length,
    version: versions.size === 1 ? (only ?? null) : versionIn(Filter),
  };
}

/** The version that a filter names, for a subset that nothing runs in. */
const versionIn = (filter: string): string | null =>
  /^\s*Service\.Meta(?:\.version|\[["']?version["']?\])\s*==\s*["'`]?([\w.-]+)["'`]?\s*$/.exec(filter)?.[1] ??
  null;

type Holds = (instance: Instance) => boolean;

/** Conditions joined by `and`; null where there is anything else in the filter. */
function conditionsOf(filter: string): Holds[] | null {
  if (filter.trim() === '') return [];
  const conditions: Holds[] = [];
  for (const part of filter.split(/\s+and\s+/i)) {
    const condition = conditionOf(part.trim());
    if (condition === null) return null;
    conditions.push(condition);
  }
  return conditions;
}

function conditionOf(text: string): Holds | null {
  const meta =
    /^Service\.Meta(?:\.(\w+)|\[["']?([\w.-]+)["']?\])\s*(==|!=)\s*(?:"([^"]*)"|`([^`]*)`|([\w.-]+))$/.exec(
      text,
    );
  if (meta !== null) {
    const key = meta[1] ?? meta[2] ?? '';
    const value = meta[4] ?? meta[5] ?? meta[6] ?? '';
    return (one) => (one.meta.get(key) === value) === (meta[3] === '==');
  }
  const tag =
    /^Service\.Tags\s+contains\s+(?:"([^"]*)"|([\w.-]+))$/.exec(text) ??
    /^(?:"([^"]*)"|([\w.-]+))\s+in\s+Service\.Tags$/.exec(text);
  if (tag !== null) {
    const value = tag[1] ?? tag[2] ?? '';
    return (one) => one.tags.includes(value);
  }
  return null;
}
