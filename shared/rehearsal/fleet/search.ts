import type { Behaviour } from '../traffic/behaviour.ts';
import type { KubeInput } from '../kube/store.ts';
import { hostOf, type Fleet, type ServiceSpec } from './fleet.ts';
import { namespaceObject, serviceObjects } from './objects.ts';
import { createPlaces } from './pods.ts';
import { timeOf } from './time.ts';

const namespace = 'storefront';
/** Calls of search for each request that comes in. */
const perRequest = 0.07;
/** Addresses before this are those of the shop's other pods. */
const firstPlace = 750;

const deployed = (
  name: string,
  version: string,
  replicas: number,
  image: string,
  daysAgo: number,
): ServiceSpec => ({
  namespace,
  name,
  owner: 'team-discovery',
  ports: [{ name: 'http', port: 8080, appProtocol: 'http' }],
  versions: [{ version, replicas, image, deployedMinutesAgo: Math.round(daysAgo * 1440) }],
});

/** A route of the Gateway API knows no subsets, so a version that is tried has a Service of its own. */
const services: readonly ServiceSpec[] = [
  deployed('search', 'v1', 2, 'storefront/search:1.22.0', 25),
  deployed('search-canary', 'v2', 1, 'storefront/search:2.0.1', 0.13),
];

/** The shop with a service whose calls a route of the Gateway API divides: the gateway asks search. */
export function withSearch({ objects, behaviour }: Fleet, now: number): Fleet {
  const places = createPlaces(['node-1', 'node-2', 'node-3', 'node-4'], firstPlace);
  const gateway = Object.entries(behaviour.services['edge/edge-gateway'] ?? {}).map(
    ([version, one]): [string, Behaviour] => [
      version,
      {
        ...one,
        calls: [
          ...one.calls,
          {
            host: hostOf(namespace, 'search'),
            path: '/search',
            perRequest,
            protocol: 'http',
            onFailure: 'tolerate',
          },
        ],
      },
    ],
  );
  const v1: Behaviour = {
    latency: { medianMs: 31, p99Ms: 110 },
    errorRatio: 0.0008,
    capacityPerInstance: 90,
    calls: [],
  };
  return {
    objects: [
      ...objects,
      namespaceObject(namespace, now - 90 * 86_400_000, true),
      ...services.flatMap((spec) => serviceObjects(spec, now, places)),
      searchRoute(now - 170 * 60_000),
    ],
    behaviour: {
      ...behaviour,
      services: {
        ...behaviour.services,
        'edge/edge-gateway': Object.fromEntries(gateway),
        'storefront/search': { v1 },
        'storefront/search-canary': { v2: { ...v1, latency: { medianMs: 17, p99Ms: 60 } } },
      },
    },
  };
}

/** Nine of ten to who has always answered; on the service itself, so that the sidecars of its callers follow. */
const searchRoute = (createdAt: number): KubeInput => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: {
    name: 'search',
    namespace,
    labels: { app: 'search', team: 'team-discovery' },
    creationTimestamp: timeOf(createdAt),
  },
  spec: {
    parentRefs: [{ group: '', kind: 'Service', name: 'search', port: 8080 }],
    rules: [
      {
        name: 'default',
        backendRefs: [
          { name: 'search', port: 8080, weight: 90 },
          { name: 'search-canary', port: 8080, weight: 10 },
        ],
      },
    ],
  },
});
