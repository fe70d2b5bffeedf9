import type { CallRow, Endpoint, LatencyRow, SignalsObservation } from '../model/observations.ts';
import type { TopologyObservation } from '../model/topology.ts';

/** Rows and topologies for tests, with everything that does not matter filled in. */
export function endpoint(
  namespace: string | null,
  workload: string | null,
  version: string | null = null,
): Endpoint {
  return { namespace, workload, service: workload?.replace(/-v\d+$/, '') ?? null, version, instance: null };
}

export function callRow(row: Partial<CallRow>): CallRow {
  return {
    reporter: 'destination',
    source: endpoint('shop', 'order-v1', 'v1'),
    destination: endpoint('shop', 'payment-v1', 'v1'),
    host: 'payment.shop.svc.cluster.local',
    subset: null,
    protocol: 'http',
    responseCode: '200',
    grpcStatus: null,
    flags: [],
    perSecond: 1,
    ...row,
  };
}

export function observation(
  calls: readonly CallRow[],
  latency: readonly LatencyRow[] = [],
): SignalsObservation {
  return {
    source: 'test',
    observedAt: 0,
    newestSampleAt: 0,
    windowSeconds: 60,
    calls,
    latency,
    queries: 0,
    problems: [],
  };
}

/** Services of the namespace shop with one or two versions each. */
export function shopTopology(services: Readonly<Record<string, readonly string[]>>): TopologyObservation {
  const names = Object.entries(services);
  return {
    observedAt: 0,
    services: names.map(([name]) => ({
      namespace: 'shop',
      name,
      kind: 'service',
      hosts: [`${name}.shop.svc.cluster.local`, `${name}.shop.svc`, `${name}.shop`, name],
      owner: null,
      createdAt: null,
    })),
    workloads: names.flatMap(([name, versions]) =>
      versions.map((version) => ({
        namespace: 'shop',
        name: `${name}-${version}`,
        kind: 'Deployment',
        services: [{ namespace: 'shop', name }],
        canonicalService: name,
        version,
        labels: {},
        desiredInstances: 2,
        readyInstances: 2,
        image: null,
        deployments: [],
      })),
    ),
    instances: [],
    problems: [],
  };
}
