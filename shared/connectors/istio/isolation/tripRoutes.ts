import { isDeepStrictEqual } from 'node:util';
import { at, type KubeObject, listAt, mapAt, namespaceOf } from '../../kube/objects.ts';
import type { TripMechanism } from '../../../model/trip.ts';
import type { CallerPods } from '../../kube/callerPods.ts';
import type { Governing, HttpRoute } from './governing.ts';
import { restRoute } from './marker.ts';

/** A document's HTTP routes with those of a trip put in. */
export interface WithTrip {
  readonly http: readonly unknown[];
  /** Names of the routes that were put in. */
  readonly names: readonly string[];
}

/** What a trip's routes are made from. */
export interface TripShape {
  readonly mechanism: TripMechanism;
  readonly caller: CallerPods | null;
  /** What the caller's proxies are to routes: gateways as `namespace/name`, or sidecars of the mesh. */
  readonly callerGateways: readonly string[];
  /** `podium-trip-payment-1a2b3c4d`. */
  readonly name: string;
}

/**
 * Puts routes of our own before those that are tripped, and touches none that is there: a fault put into a route would
 * switch off its time-out and retries, would clash with a fault that is there, and would go when the route is written anew.
 */
export function putIn({ document, own, routes, targets }: Governing, shape: TripShape): WithTrip {
  const all = listAt(document, 'spec', 'http');
  const last = targets.at(-1);
  // Where every call that the document takes is one to the host, one route before all others does.
  if (
    own &&
    last !== undefined &&
    targets.length === routes.length &&
    listAt(document, 'spec', 'hosts').length === 1
  ) {
    const route = tripRoute(
      shape,
      `${shape.name}-1`,
      [],
      commonOf(targets) ?? last.raw,
      commonOf(targets) !== null,
    );
    return route === null ? { http: all, names: [] } : { http: [route, ...all], names: [`${shape.name}-1`] };
  }
  const names: string[] = [];
  const http = all.flatMap((raw, index) => {
    if (!targets.some((target) => target.index === index)) return [raw];
    const name = `${shape.name}-${names.length + 1}`;
    const route = tripRoute(
      shape,
      name,
      ofProxies(listAt(raw, 'match'), shape, namespaceOf(document)),
      raw,
      true,
    );
    if (route === null) return [raw];
    names.push(name);
    return [route, raw];
  });
  return { http, names };
}

/** The routes of a document that is made for a trip: the trip's own, and one for everybody it does not mean. */
export function newRoutes(shape: TripShape, host: string): WithTrip {
  const plain = { route: [{ destination: { host } }] };
  const first = tripRoute(shape, `${shape.name}-1`, [], plain, true);
  return { http: [first, { name: restRoute, ...plain }], names: [`${shape.name}-1`] };
}

/** One route of a trip; null where no call of the caller's can match it. */
function tripRoute(
  { mechanism, caller }: TripShape,
  name: string,
  match: readonly unknown[] | null,
  instead: unknown,
  alike: boolean,
): object | null {
  const matches = caller === null || match === null ? match : ofCaller(match, caller);
  if (matches === null) return null;
  const head = { name, ...(matches.length === 0 ? {} : { match: matches }) };
  switch (mechanism.kind) {
    case 'refuse':
      return {
        ...head,
        // Without a percentage Envoy injects nothing at all. The status is an HTTP one also for gRPC, for Envoy turns it
        // into the call's own status (503 into UNAVAILABLE), while a gRPC status reaches HTTP callers as 200.
        fault: { abort: { httpStatus: mechanism.status, percentage: { value: 100 } } },
        // Asked for by the schema, and never called.
        route: at(instead, 'route'),
      };
    case 'divert': {
      const { to } = mechanism;
      if (to.kind === 'answer')
        return {
          ...head,
          directResponse: { status: to.status, ...(to.body === '' ? {} : { body: { string: to.body } }) },
        };
      const destination = { host: to.host, ...(to.subset === null ? {} : { subset: to.subset }) };
      return { ...head, ...(alike ? keptOf(instead) : {}), route: [{ destination }] };
    }
    case 'deny':
    case 'breaker':
    case 'runtime':
    case 'block':
      return null;
  }
}

/** What a diverted call keeps of the route that it would have taken. */
const keptFields = ['timeout', 'retries', 'rewrite', 'headers', 'corsPolicy'] as const;

function keptOf(raw: unknown): object {
  return Object.fromEntries(
    keptFields.flatMap((field) => {
      const value = at(raw, field);
      return value === undefined ? [] : [[field, structuredClone(value)]];
    }),
  );
}

/** The first of these routes where a diverted call would keep the same of each, else null. */
function commonOf(targets: readonly HttpRoute[]): unknown {
  const [first, ...others] = targets;
  if (first === undefined) return null;
  const kept = keptOf(first.raw);
  return others.every(({ raw }) => isDeepStrictEqual(keptOf(raw), kept)) ? first.raw : null;
}

/**
 * The conditions that the caller's proxies look at, without the gateways that they name: beside gateways istiod looks at
 * nothing else of a proxy (sourceMatchHTTP), so that the caller would be every caller. Null where none is left.
 */
function ofProxies(
  match: readonly unknown[],
  { caller, callerGateways }: TripShape,
  namespace: string,
): readonly unknown[] | null {
  if (caller === null || match.length === 0) return match;
  const left = match.flatMap((one): unknown[] => {
    const named = listAt(one, 'gateways').map((name) => qualified(String(name), namespace));
    if (named.length === 0) return [one];
    if (!named.some((name) => callerGateways.includes(name))) return [];
    const { gateways: _, ...rest } = Object(one) as Record<string, unknown>;
    return [rest];
  });
  return left.length === 0 ? null : left;
}

const qualified = (gateway: string, namespace: string): string =>
  gateway === 'mesh' || gateway.includes('/') ? gateway : `${namespace}/${gateway}`;

/** Every condition with the caller added; conditions that are for other callers go. Null where none is left. */
function ofCaller(match: readonly unknown[], { labels, namespace }: CallerPods): object[] | null {
  const conditions = match.length === 0 ? [{}] : match;
  const left = conditions.flatMap((one): object[] => {
    const given = mapAt(one, 'sourceLabels');
    const theirs = at(one, 'sourceNamespace');
    if ([...given].some(([key, value]) => labels.has(key) && labels.get(key) !== value)) return [];
    if (typeof theirs === 'string' && namespace !== null && theirs !== namespace) return [];
    return [
      {
        ...(typeof one === 'object' ? one : {}),
        sourceLabels: Object.fromEntries([...given, ...labels]),
        ...(namespace === null ? {} : { sourceNamespace: namespace }),
      },
    ];
  });
  return left.length === 0 ? null : left;
}

/** The routes of a document by name, as far as they are a trip's. */
export function routesNamed(document: KubeObject, names: readonly string[]): Map<string, unknown> {
  return new Map(
    listAt(document, 'spec', 'http').flatMap((raw): [string, unknown][] => {
      const name = at(raw, 'name');
      return typeof name === 'string' && names.includes(name) ? [[name, raw]] : [];
    }),
  );
}
