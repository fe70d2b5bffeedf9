import type { GreyRoute } from '../../../model/routing.ts';
import type { Split } from '../../../model/weights.ts';
import { greyPrefix } from '../../kit/greyMatch.ts';
import type { Entry } from '../entries.ts';
import { alike } from '../entryWrites/alike.ts';
import { type Content, metaOf } from '../entryWrites/content.ts';
import { hostOf } from '../names.ts';
import type { Registry } from '../registry.ts';
import { type RouterRoute, routesIn, sayRoute, takesAll, targetOf } from '../routes.ts';
import { readSplits, refOf } from '../splits.ts';
import { readMatch } from './match.ts';

/** Every route of a service-router that takes some requests of a service whose other calls are divided. */
export function readGreyRoutes(registry: Registry): GreyRoute[] {
  const splits = readSplits(registry);
  return [...registry.entries('service-router')]
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const split = splits.find(({ document }) => document.name === entry.name);
      return split === undefined ? [] : greyRoutesOf(registry, entry, split);
    });
}

function greyRoutesOf(registry: Registry, entry: Entry, split: Split): GreyRoute[] {
  const names = namesIn(entry.content);
  return routesIn(entry.content)
    .filter((route) => !takesAll(route))
    .map((route) => {
      const name = names.find(({ raw }) => alike(raw, markOf(route)))?.name;
      const target = targetOf(route, entry.name);
      const host = hostOf(target.service, entry.namespace, registry.datacenter);
      const destination = split.destinations.find((one) => one.host === host && one.subset === target.subset);
      return {
        id: `${split.id}#${name ?? route.index}`,
        kind: 'route',
        connectionId: registry.host.connectionId,
        document: refOf(registry, entry),
        revision: entry.modifyIndex,
        splitId: split.id,
        // Routes have no names in Consul; those of ours are kept in the entry's Meta.
        name: name ?? `route ${route.index + 1}`,
        match: readMatch(route.http),
        matchText: sayRoute(route),
        to: [target.service, destination?.version ?? target.subset].filter((word) => word !== null).join(' '),
        destination: destination?.index ?? null,
        percent: null,
        ours: name !== undefined,
      };
    });
}

/** What tells a route from others: what it asks for, and where it leads. */
const markOf = ({ http, destination }: Pick<RouterRoute, 'http' | 'destination'>): Content => ({
  http,
  to: { Service: destination['Service'], ServiceSubset: destination['ServiceSubset'] },
});

/** Grey routes of ours by their names, as the Meta of the router tells them. */
function namesIn(content: Content): { readonly name: string; readonly raw: unknown }[] {
  return [...metaOf(content)].flatMap(([key, text]) => {
    if (!key.startsWith(greyPrefix)) return [];
    try {
      return [{ name: key, raw: JSON.parse(text) as unknown }];
    } catch {
      return [];
    }
  });
}

/** The route of that name; null where there is none, or nobody marked it. */
export function namedRoute(content: Content, name: string): RouterRoute | null {
  const said = namesIn(content).find((one) => one.name === name);
  if (said === undefined) return null;
  return routesIn(content).find((route) => !takesAll(route) && alike(said.raw, markOf(route))) ?? null;
}

/** Meta with the name of a route. */
export const withName = (
  meta: ReadonlyMap<string, string>,
  name: string,
  route: Pick<RouterRoute, 'http' | 'destination'>,
): ReadonlyMap<string, string> => new Map([...meta, [name, JSON.stringify(markOf(route))]]);
