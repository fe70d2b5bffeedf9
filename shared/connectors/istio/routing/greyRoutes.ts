import type { GreyRoute } from '../../../model/routing.ts';
import { greyPrefix } from '../../kit/greyMatch.ts';
import { at, type KubeObject, listAt, numberAt, textAt } from '../../kube/objects.ts';
import { createDestinations } from '../destinations.ts';
import { shortName } from '../../kube/serviceHosts.ts';
import { qualify } from '../hosts.ts';
import type { Mesh } from '../mesh.ts';
import { type Route, type RouteDestination, routesOf, splitIdOf } from '../routes.ts';
import { refOf } from '../splits.ts';
import { isGrey, readMatch } from './readMatch.ts';

/** Every route of the mesh that takes some requests by what they carry or who sends them, and every mirror. */
export function readGreyRoutes(mesh: Mesh): GreyRoute[] {
  const destinations = createDestinations(mesh);
  const versionOf: VersionOf = (host, subset, from) => destinations.standing(host, subset, from).version;
  return [...mesh.virtualServices.all()]
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
    .flatMap((document) => greyRoutesOf(mesh, document, versionOf));
}

type VersionOf = (host: string, subset: string | null, from: string) => string | null;

/** The grey routes and mirrors of one document. */
export function greyRoutesOf(mesh: Mesh, document: KubeObject, versionOf: VersionOf): GreyRoute[] {
  const routes = routesOf(document).filter(({ protocol }) => protocol === 'http');
  const namespace = document.metadata.namespace ?? '';
  const say = (host: string, subset: string | null): string => {
    const version = versionOf(host, subset, namespace) ?? subset;
    return version === null ? shortName(host) : `${shortName(host)} ${version}`;
  };
  const shared = {
    connectionId: mesh.host.connectionId,
    document: refOf(mesh, document),
    revision: document.metadata.resourceVersion,
  };
  return routes.flatMap((route): GreyRoute[] => {
    const found: GreyRoute[] = [];
    const rest = restOf(route, routes);
    if (rest !== null) {
      const splitId = splitIdOf(document, rest, routes);
      found.push({
        ...shared,
        id: `${splitId}#${route.name ?? route.index}`,
        kind: 'route',
        splitId,
        name: route.name ?? route.title,
        match: readMatch(listAt(route.raw, 'match'), listAt(rest.raw, 'match')),
        matchText: route.match,
        to: route.destinations.map((one) => say(one.host, one.subset)).join(', '),
        destination: placeAmong(rest, route.destinations),
        percent: null,
        ours: route.name?.startsWith(greyPrefix) === true,
      });
    }
    const mirror = mirrorOf(route.raw);
    if (mirror !== null) {
      const splitId = splitIdOf(document, route, routes);
      found.push({
        ...shared,
        id: `${splitId}#mirror`,
        kind: 'mirror',
        splitId,
        name: `mirror of ${route.title}`,
        match: null,
        matchText: `a copy of ${mirror.percent} % of: ${route.match}`,
        to: mirror.to
          .map((one) => say(qualify(textAt(one, 'host') ?? '', namespace), textAt(one, 'subset')))
          .join(', '),
        destination: placeAmong(
          route,
          mirror.to.map((one) => ({
            host: qualify(textAt(one, 'host') ?? '', namespace),
            subset: textAt(one, 'subset'),
          })),
        ),
        percent: mirror.percent,
        // A name tells who made a route; a mirror has none.
        ours: false,
      });
    }
    return found;
  });
}

/** Which of a route's destinations this is, where it is a single one. */
function placeAmong(route: Route, to: readonly Pick<RouteDestination, 'host' | 'subset'>[]): number | null {
  const [only] = to;
  if (only === undefined || to.length > 1) return null;
  return (
    route.destinations.find(({ host, subset }) => host === only.host && subset === only.subset)?.index ?? null
  );
}

/** The split that takes the requests that a grey route leaves: the next one after it to the same host. Null for all other routes. */
function restOf(route: Route, routes: readonly Route[]): Route | null {
  if (!isGrey(route.raw)) return null;
  const later = routes.filter((one) => one.index > route.index && !isGrey(one.raw));
  return (
    later.find((one) =>
      one.destinations.some(({ host }) => route.destinations.some((here) => here.host === host)),
    ) ?? null
  );
}

/** What a route copies requests to; the newer list form may name several. */
function mirrorOf(raw: unknown): { readonly to: readonly unknown[]; readonly percent: number } | null {
  const one = at(raw, 'mirror');
  // Without a percentage all requests are copied; the older fields are whole numbers.
  if (one !== undefined)
    return {
      to: [one],
      percent:
        numberAt(raw, 'mirrorPercentage', 'value') ??
        numberAt(raw, 'mirrorPercent') ??
        numberAt(raw, 'mirror_percent') ??
        100,
    };
  const several = listAt(raw, 'mirrors');
  if (several.length === 0) return null;
  return {
    to: several.map((mirror) => at(mirror, 'destination')),
    percent: Math.max(...several.map((mirror) => numberAt(mirror, 'percentage', 'value') ?? 100)),
  };
}
