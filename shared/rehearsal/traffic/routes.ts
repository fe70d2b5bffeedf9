import type { KubeObject } from '../kube/store.ts';
import { clusterOf, resolveHost, type Cluster, type MeshObjects } from './mesh.ts';
import { durationMsOf, fieldsAt, listAt, numberOf, textOf, type Fields } from './reading.ts';

/** One way a request can go. */
export interface Destination {
  /** Null for a host that nothing declares. */
  readonly cluster: Cluster | null;
  readonly weight: number;
}

/** One route of a host, ready to be followed. */
export interface Route {
  readonly destinations: readonly Destination[];
  readonly totalWeight: number;
  readonly timeoutMs: number | null;
  readonly attempts: number;
  readonly perTryMs: number | null;
  readonly retryOn: string;
  readonly abort: { readonly ratio: number; readonly code: number } | null;
  readonly delay: { readonly ratio: number; readonly ms: number } | null;
  readonly directCode: number | null;
  readonly accepts: (path: string, callerLabels: Readonly<Record<string, string>>) => boolean;
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
  const destinations = listed.map((one): Destination => {
    const destination = fieldsAt(one, 'destination');
    const host = resolveHost(textOf(destination['host']), namespace, mesh.services);
    const weight = numberOf(one['weight']) ?? (listed.length === 1 ? 1 : 0);
    return { cluster: host === null ? null : clusterOf(host, textOf(destination['subset']), mesh), weight };
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
    // "timeouts or retries will not be enabled when faults are enabled on the client side" (Istio's API reference).
    timeoutMs: faulty ? null : durationMsOf(given['timeout']),
    attempts: faulty ? 0 : Math.max(0, numberOf(retries['attempts']) ?? 2),
    perTryMs: faulty ? null : durationMsOf(retries['perTryTimeout']),
    retryOn: textOf(retries['retryOn']) ?? 'connect-failure,refused-stream,unavailable,cancelled',
    abort: abortOf(fieldsAt(fault, 'abort')),
    delay: delayOf(fieldsAt(fault, 'delay')),
    directCode: numberOf(fieldsAt(given, 'directResponse')['status']),
    accepts: acceptsOf(listAt(given, 'match')),
  };
}

function abortOf(abort: Fields): Route['abort'] {
  const grpc = textOf(abort['grpcStatus']);
  const code = numberOf(abort['httpStatus']) ?? (grpc === null ? null : 503);
  return code === null ? null : { ratio: ratioOf(abort), code };
}

function delayOf(delay: Fields): Route['delay'] {
  const ms = durationMsOf(delay['fixedDelay']);
  return ms === null ? null : { ratio: ratioOf(delay), ms };
}

/** A fault without a percentage hits everything. */
function ratioOf(fault: Fields): number {
  const percent = 'percentage' in fault ? (numberOf(fieldsAt(fault, 'percentage')['value']) ?? 0) : 100;
  return percent / 100;
}

function acceptsOf(matches: readonly unknown[]): Route['accepts'] {
  if (matches.length === 0) return () => true;
  const tests = matches.map((given) => {
    const match = fieldsAt(given);
    const uri = fieldsAt(match, 'uri');
    const callers = Object.entries(fieldsAt(match, 'sourceLabels'));
    // The fleet's requests carry a path and nothing else: what asks for a header or a method is for other requests.
    const onlyKnown = Object.keys(match).every((key) =>
      ['uri', 'sourceLabels', 'name', 'gateways'].includes(key),
    );
    return (path: string, labels: Readonly<Record<string, string>>): boolean =>
      onlyKnown && pathMatches(uri, path) && callers.every(([name, value]) => labels[name] === value);
  });
  return (path, labels) => tests.some((test) => test(path, labels));
}

function pathMatches(uri: Fields, path: string): boolean {
  const exact = textOf(uri['exact']);
  const prefix = textOf(uri['prefix']);
  if (exact !== null) return path === exact;
  if (prefix !== null) return path.startsWith(prefix);
  return textOf(uri['regex']) === null;
}
