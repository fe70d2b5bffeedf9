import { createHash } from 'node:crypto';
import { type Definition, liveGroupOf, liveWeightOf, weightOf } from './definitions.ts';
import type { Gateway, Table } from './gateways.ts';

/** One route of a group, in one running gateway. */
export interface GroupRoute {
  readonly id: string;
  /** The one whose weight counts; null where the route is made by the gateway's own code. */
  readonly definition: Definition | null;
  /** Those of the same id before it: a file's, over which memory's is laid. */
  readonly under: readonly Definition[];
  /** As stored; null where it cannot be read as a number. */
  readonly weight: number | null;
  /** As served; null where it is not. */
  readonly live: number | null;
}

/** The routes of a group in one running gateway. */
export interface GroupIn {
  readonly gateway: Gateway;
  readonly routes: readonly GroupRoute[];
}

/** Routes among which a gateway divides calls by weight, over its running copies. */
export interface Group {
  readonly service: string;
  readonly namespace: string;
  readonly name: string;
  /** Those that were read and have it. */
  readonly gateways: readonly GroupIn[];
}

/** All groups of all gateways, as last read. */
export function groupsOf(gateways: readonly Gateway[]): Group[] {
  return [...Map.groupBy(gateways, ({ service }) => service)].flatMap(([service, copies]) => {
    const names = new Set(copies.flatMap(({ table }) => (table === null ? [] : groupNames(table))));
    return [...names].sort().map((name): Group => ({
      service,
      namespace: copies[0]?.namespace ?? '',
      name,
      gateways: copies.flatMap((gateway) => {
        const routes = gateway.table === null ? [] : routesOf(gateway.table, name);
        return routes.length === 0 ? [] : [{ gateway, routes }];
      }),
    }));
  });
}

const groupNames = ({ definitions, live }: Table): string[] => [
  ...definitions.flatMap((definition) => weightOf(definition)?.group ?? []),
  ...live.flatMap((route) => liveGroupOf(route) ?? []),
];

/** The routes of one group, by their ids: no copy keeps them in another order then. */
export function routesOf({ definitions, live }: Table, group: string): GroupRoute[] {
  const stored = definitions.filter((definition) => weightOf(definition)?.group === group);
  const served = live.filter((route) => liveWeightOf(route, group) !== null);
  const ids = new Set([...stored.map(({ id }) => id), ...served.map(({ id }) => id)]);
  return [...ids].sort().map((id): GroupRoute => {
    const of = stored.filter((definition) => definition.id === id);
    // What is stored last under an id is laid over the others: its weight counts, whichever of them takes the calls.
    const definition = of.at(-1) ?? null;
    const there = served.filter((route) => route.id === id);
    const last = there.filter(({ order }) => order === (definition?.order ?? order)).at(-1);
    return {
      id,
      definition,
      under: of.slice(0, -1),
      weight: definition === null ? null : (weightOf(definition)?.weight ?? null),
      live: last === undefined ? null : liveWeightOf(last, group),
    };
  });
}

/** What is in force: as served, or as stored where nothing is served. */
export const weightsIn = ({ routes }: GroupIn): number[] =>
  routes.map(({ live, weight }) => live ?? weight ?? 0);

/** Whether everything that is stored of the group is served. */
export const isServed = ({ routes }: GroupIn): boolean =>
  routes.every(({ definition, weight, live }) => definition === null || weight === live);

/** The copies by what is in force in them, most of them first. */
export function byWeights({
  gateways,
}: Group): { readonly weights: readonly number[]; readonly in: readonly GroupIn[] }[] {
  const key = (one: GroupIn): string => JSON.stringify([one.routes.map(({ id }) => id), weightsIn(one)]);
  return [...Map.groupBy(gateways, key).values()]
    .sort((a, b) => b.length - a.length)
    .map((some) => ({ weights: some[0] === undefined ? [] : weightsIn(some[0]), in: some }));
}

/** What routes say beside their weights: of another shape it is another split. */
export const shapeOf = (definitions: readonly Definition[]): string =>
  hash(definitions.map((definition) => withoutWeight(definition)));

/** Another one when anything moved in any copy. */
export const revisionOf = ({ gateways }: Group): string =>
  hash(gateways.map(({ gateway, routes }) => [gateway.name, routes]));

const withoutWeight = ({ predicates, ...rest }: Definition): unknown => [
  rest,
  predicates.map((predicate) => (predicate.name === 'Weight' ? 'Weight' : predicate)),
];

const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
