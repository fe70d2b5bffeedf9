import type { KubeObject } from '../kube/store.ts';
import { compileMatches, type Accepts } from './matching.ts';
import { clusterOf, resolveHost, type Cluster, type MeshObjects } from './mesh.ts';
import { grpcStatusNames } from './outcomes.ts';
import { durationMsOf, fieldsAt, listAt, numberOf, textOf, type Fields } from './reading.ts';

/** One way a request can go. */
export interface Destination {
  /** Null for a host that nothing declares. */
  readonly cluster: Cluster | null;
  readonly weight: number;
}

/** An answer that a fault puts in place of the callee's. */
export type InjectedAnswer = { readonly httpCode: number } | { readonly grpcStatus: number };

/** A copy of the requests that somebody else gets too; what they answer is thrown away. */
export interface Mirror {
  readonly cluster: Cluster;
  readonly ratio: number;
}

/** One route of a host, ready to be followed. */
export interface Route {
  readonly destinations: readonly Destination[];
  readonly totalWeight: number;
  readonly mirrors: readonly Mirror[];
  readonly timeoutMs: number | null;
  readonly attempts: number;
  readonly perTryMs: number | null;
  readonly retryOn: string;
  readonly abort: { readonly ratio: number; readonly answer: InjectedAnswer } | null;
  readonly delay: { readonly ratio: number; readonly ms: number } | null;
  /** What the caller's proxy answers itself: a direct response, or a redirect. */
  readonly ownCode: number | null;
  readonly accepts: Accepts;
}

/** The routes of every host, and how many documents no proxy would take. */
export interface RouteTable {
  /** Null where nothing governs the host: then calls go to all of its instances alike. */
  routesOf(host: string): readonly Route[] | null;
  /** Documents that Envoy refuses (its last good ones stay in force). */
  readonly refused: ReadonlySet<string>;
}

/** Compiles all VirtualServices that govern sidecars. `before` supplies what stays when a document is refused. */
export function compileRoutes(mesh: MeshObjects, before: RouteTable | null): RouteTable {
  const table = new Map<string, readonly Route[]>();
  const refused = new Set<string>();
  for (const object of mesh.routes) {
    const spec = fieldsAt(object, 'spec');
    const gateways = listAt(spec, 'gateways');
    if (gateways.length > 0 && !gateways.includes('mesh')) continue;
    const namespace = object.metadata.namespace ?? '';
    const routes = compileDocument(object, mesh);
    for (const given of listAt(spec, 'hosts')) {
      const host = resolveHost(textOf(given), namespace, mesh.services);
      if (host === null || table.has(host)) continue;
      if (routes !== null) table.set(host, routes);
      else {
        // Without its webhook the API server takes weights of 0+0; Envoy then refuses the whole route configuration.
        refused.add(`${namespace}/${object.metadata.name}@${object.metadata.resourceVersion}`);
        const kept = before?.routesOf(host) ?? null;
        if (kept !== null) table.set(host, kept);
      }
    }
  }
  return { routesOf: (host) => table.get(host) ?? null, refused };
}

function compileDocument(object: KubeObject, mesh: MeshObjects): readonly Route[] | null {
  const namespace = object.metadata.namespace ?? '';
  const routes: Route[] = [];
  for (const given of listAt(object, 'spec', 'http')) {
    const route = compileRoute(fieldsAt(given), namespace, mesh);
    if (route === null) return null;
    routes.push(route);
  }
  // TCP and TLS routes only divide.
  for (const given of [...listAt(object, 'spec', 'tcp'), ...listAt(object, 'spec', 'tls')]) {
    const route = compileRoute({ route: fieldsAt(given)['route'] }, namespace, mesh);
    if (route === null) return null;
    routes.push(route);
  }
  return routes;
}

function compileRoute(given: Fields, namespace: string, mesh: MeshObjects): Route | null {
  const listed = listAt(given, 'route').map((one) => fieldsAt(one));
  const clusterAt = (destination: Fields): Cluster | null => {
    const host = resolveHost(textOf(destination['host']), namespace, mesh.services);
    return host === null ? null : clusterOf(host, textOf(destination['subset']), mesh);
  };
  const destinations = listed.map((one): Destination => {
    const weight = numberOf(one['weight']) ?? (listed.length === 1 ? 1 : 0);
    return { cluster: clusterAt(fieldsAt(one, 'destination')), weight };
  });
  const only = destinations[0];
  // A single destination takes everything, whatever its weight.
  const weighted = destinations.length === 1 && only !== undefined ? [{ ...only, weight: 1 }] : destinations;
  const totalWeight = weighted.reduce((sum, { weight }) => sum + weight, 0);
  if (weighted.some(({ weight }) => weight < 0) || (weighted.length > 0 && totalWeight <= 0)) return null;
  const fault = fieldsAt(given, 'fault');
  const faulty = Object.keys(fault).length > 0;
  const retries = fieldsAt(given, 'retries');
  return {
    destinations: weighted,
    totalWeight,
    mirrors: mirrorsOf(given, clusterAt),
    // "timeouts or retries will not be enabled when faults are enabled on the client side" (Istio's API reference).
    timeoutMs: faulty ? null : limitMsOf(given['timeout']),
    attempts: faulty ? 0 : Math.max(0, numberOf(retries['attempts']) ?? ('retries' in given ? 0 : 2)),
    perTryMs: faulty ? null : limitMsOf(retries['perTryTimeout']),
    retryOn: textOf(retries['retryOn']) ?? 'connect-failure,refused-stream,unavailable,cancelled',
    abort: abortOf(fieldsAt(fault, 'abort')),
    delay: delayOf(fieldsAt(fault, 'delay')),
    ownCode: ownCodeOf(given),
    accepts: compileMatches(listAt(given, 'match')),
  };
}

/** Zero switches a time-out off. */
function limitMsOf(value: unknown): number | null {
  const ms = durationMsOf(value);
  return ms === 0 ? null : ms;
}

function ownCodeOf(given: Fields): number | null {
  if ('redirect' in given) return numberOf(fieldsAt(given, 'redirect')['redirectCode']) ?? 301;
  return numberOf(fieldsAt(given, 'directResponse')['status']);
}

function mirrorsOf(given: Fields, clusterAt: (destination: Fields) => Cluster | null): Mirror[] {
  const percent =
    numberOf(fieldsAt(given, 'mirrorPercentage')['value']) ??
    numberOf(given['mirrorPercent']) ??
    numberOf(given['mirror_percent']) ??
    100;
  const single = 'mirror' in given ? [{ cluster: clusterAt(fieldsAt(given, 'mirror')), percent }] : [];
  const several = listAt(given, 'mirrors').map((mirror) => ({
    cluster: clusterAt(fieldsAt(mirror, 'destination')),
    percent: numberOf(fieldsAt(mirror, 'percentage')['value']) ?? 100,
  }));
  return [...single, ...several].flatMap(({ cluster, percent: share }) =>
    // A cluster that proxies do not know gets no copies, and nobody notices.
    cluster?.exists === true && share > 0 ? [{ cluster, ratio: share / 100 }] : [],
  );
}

function abortOf(abort: Fields): Route['abort'] {
  const status = grpcStatusNames.indexOf(textOf(abort['grpcStatus']) ?? '');
  const httpCode = numberOf(abort['httpStatus']);
  if (status >= 0) return { ratio: ratioOf(abort), answer: { grpcStatus: status } };
  // An abort without a status is accepted, and then left out.
  return httpCode === null ? null : { ratio: ratioOf(abort), answer: { httpCode } };
}

function delayOf(delay: Fields): Route['delay'] {
  const ms = durationMsOf(delay['fixedDelay']);
  return ms === null ? null : { ratio: ratioOf(delay), ms };
}

/** A fault without a percentage hits nothing; the old field `percent` counts for delays only (TranslateFault in istiod). */
function ratioOf(fault: Fields): number {
  const percent = numberOf(fieldsAt(fault, 'percentage')['value']);
  if (percent !== null) return percent / 100;
  return 'fixedDelay' in fault && !('percentage' in fault) ? (numberOf(fault['percent']) ?? 0) / 100 : 0;
}
