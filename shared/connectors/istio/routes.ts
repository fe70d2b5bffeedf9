import { at, type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../kube/objects.ts';
import { qualify } from './hosts.ts';
import { isTripRoute } from './isolation/marker.ts';
import { sayMatch } from './matchText.ts';
import { greyPrefix } from '../kit/greyMatch.ts';

/** One route of a VirtualService that sends calls somewhere. */
export interface Route {
  readonly protocol: 'http' | 'tls' | 'tcp';
  /** Position in the list of its protocol, for patches. */
  readonly index: number;
  /** Position among the routes that Podium did not put in, so that a trip or a grey route changes the name of none. */
  readonly place: number;
  readonly name: string | null;
  readonly title: string;
  readonly match: string;
  readonly destinations: readonly RouteDestination[];
  /** The route as it is written. */
  readonly raw: unknown;
}

export interface RouteDestination {
  readonly index: number;
  /** Qualified. */
  readonly host: string;
  readonly subset: string | null;
  readonly port: number | null;
  /** Null where none is written. */
  readonly weight: number | null;
}

/**
 * The document's routes, in the order in which proxies try them. Redirects and direct answers send nothing anywhere, and
 * routes that a trip put in are no split of anybody's.
 */
export function routesOf(document: KubeObject): Route[] {
  const namespace = namespaceOf(document);
  return (['http', 'tls', 'tcp'] as const).flatMap((protocol) => {
    const all = listAt(document, 'spec', protocol);
    const written = all.filter((raw) => !isTripRoute(at(raw, 'name')));
    const named = written.filter((raw) => !textAt(raw, 'name')?.startsWith(greyPrefix));
    return written.flatMap((raw) => {
      const destinations = listAt(raw, 'route').map((one, position) =>
        destinationOf(one, position, namespace),
      );
      if (destinations.length === 0) return [];
      const name = textAt(raw, 'name') || null;
      const place = named.indexOf(raw);
      const only = named.length === 1 && name === null;
      const title = name ?? (only ? 'default' : `route ${place + 1}`);
      const index = all.indexOf(raw);
      return [
        { protocol, index, place, name, title, match: sayMatch(listAt(raw, 'match')), destinations, raw },
      ];
    });
  });
}

function destinationOf(one: unknown, index: number, namespace: string): RouteDestination {
  return {
    index,
    host: qualify(textAt(one, 'destination', 'host') ?? '', namespace),
    subset: textAt(one, 'destination', 'subset') || null,
    port: numberAt(one, 'destination', 'port', 'number'),
    weight: numberAt(one, 'weight'),
  };
}

/**
 * Names a route within its document's life: by its own name where that is unique, so that a reordered document keeps its
 * splits apart, else by position.
 */
export function splitIdOf(document: KubeObject, route: Route, routes: readonly Route[]): string {
  const alone =
    routes.filter((one) => one.protocol === route.protocol && one.name === route.name).length === 1;
  const which = route.name !== null && alone ? `name:${route.name}` : String(route.place);
  return `${document.metadata.uid}/${route.protocol}/${which}`;
}

/** What must not have changed for a position in the document to mean the same: everything of the route but its weights. */
export function routeFingerprint(route: Route): string {
  return JSON.stringify([
    route.protocol,
    route.name,
    at(route.raw, 'match') ?? null,
    route.destinations.map(({ host, subset, port }) => [host, subset, port]),
  ]);
}

/** Hosts of the document, qualified. */
export const hostsOf = (document: KubeObject): string[] =>
  listAt(document, 'spec', 'hosts').flatMap((host) =>
    typeof host === 'string' ? [qualify(host, namespaceOf(document))] : [],
  );

/** Proxies that the document governs: `mesh` for sidecars, gateways as namespace/name. None named means sidecars. */
export function gatewaysOf(document: KubeObject): string[] {
  const named = listAt(document, 'spec', 'gateways').filter((one) => typeof one === 'string');
  if (named.length === 0) return ['mesh'];
  return named.map((one) => (one === 'mesh' || one.includes('/') ? one : `${namespaceOf(document)}/${one}`));
}
