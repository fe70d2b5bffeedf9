import { hostOf, type ServiceSpec } from '../fleet/fleet.ts';
import { serviceObjects } from '../fleet/objects.ts';
import { createPlaces } from '../fleet/pods.ts';
import { createObjectStore, type ObjectStore } from '../kube/store.ts';
import { seedStore } from '../seeding.ts';
import type { Audience, Behaviour, FleetBehaviour } from './behaviour.ts';
import type { RequestRow } from './counters.ts';
import { createTraffic, type Traffic } from './model.ts';

/** `front` calls `back`, which has two versions, and so can `other`; `spare` is called by nobody. Nothing fails by itself. */
export interface TestFleet {
  readonly store: ObjectStore;
  readonly traffic: Traffic;
  /** Lets seconds pass. */
  pass(seconds: number): void;
  /** Puts the route of `back`. */
  route(...http: readonly Readonly<Record<string, unknown>>[]): void;
  rule(spec: Readonly<Record<string, unknown>>): void;
  /** Puts a policy of `test`, under one name. */
  policy(spec: Readonly<Record<string, unknown>>): void;
  /** Requests since the last call of `mark`, where all of these labels match. */
  count(labels: Readonly<Record<string, string>>): number;
  mark(): void;
}

export const backHost = hostOf('test', 'back');

const quick: Behaviour = {
  latency: { medianMs: 10, p99Ms: 30 },
  errorRatio: 0,
  capacityPerInstance: 1_000,
  calls: [],
};

/** Makes it, with 100 requests a second unless something else is said. */
export function createTestFleet(
  options: {
    readonly back?: Partial<Behaviour>;
    readonly front?: Partial<Behaviour>;
    readonly perSecond?: number;
    /** What `other` sends; nothing where nothing is said. */
    readonly otherPerSecond?: number;
    readonly audiences?: readonly Audience[];
    readonly protocol?: 'http' | 'grpc';
    /** Of the pods of `front`. */
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): TestFleet {
  const version = (name: string, workload: string): ServiceSpec['versions'][number] => ({
    version: name,
    workload,
    replicas: 2,
    image: `test/${workload}`,
    deployedMinutesAgo: 60,
  });
  const service = (name: string, versions: ServiceSpec['versions']): ServiceSpec => ({
    namespace: 'test',
    name,
    owner: 'team-test',
    ports: [{ name: 'http', port: 8080 }],
    versions,
  });
  const specs = [
    { ...service('front', [version('v1', 'front')]), podAnnotations: options.annotations ?? {} },
    service('back', [version('v1', 'back-v1'), version('v2', 'back-v2')]),
    service('other', [version('v1', 'other')]),
    service('spare', [version('v1', 'spare')]),
  ];
  const store = createObjectStore();
  const places = createPlaces(['node-1']);
  seedStore(
    store,
    specs.flatMap((spec) => serviceObjects(spec, 1_000_000_000, places)),
  );
  const protocol = options.protocol ?? 'http';
  const call = { host: backHost, path: '/back', protocol, perRequest: 1, onFailure: 'fail' } as const;
  const behaviour: FleetBehaviour = {
    services: {
      'test/front': { v1: { ...quick, calls: [call], ...options.front } },
      'test/back': { v1: { ...quick, ...options.back } },
      'test/other': { v1: { ...quick, calls: [{ ...call, path: '/other' }] } },
      'test/spare': { v1: quick },
    },
    externals: {},
    queues: [],
    entries: [
      {
        host: hostOf('test', 'front'),
        path: '/',
        requestsPerSecond: options.perSecond ?? 100,
        audiences: options.audiences ?? [],
      },
      { host: hostOf('test', 'other'), path: '/', requestsPerSecond: options.otherPerSecond ?? 0 },
    ],
  };
  let at = 1_000_000_000;
  const traffic = createTraffic({ store, behaviour, seed: 11, startAt: at });
  let before = new Map<RequestRow, number>();
  const put = (kind: string, spec: Readonly<Record<string, unknown>>): void => {
    const metadata = { name: 'back', namespace: 'test' };
    store.put({ apiVersion: 'networking.istio.io/v1', kind, metadata, spec });
  };
  return {
    store,
    traffic,
    pass(seconds) {
      for (let step = 0; step < seconds * 2; step += 1) traffic.step((at += 500));
    },
    route: (...http) => put('VirtualService', { hosts: ['back'], http }),
    rule: (spec) => put('DestinationRule', { host: 'back', ...spec }),
    policy: (spec) =>
      store.put({
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: { name: 'guard', namespace: 'test' },
        spec,
      }),
    count: (labels) =>
      traffic.counters
        .requests()
        .filter((row) => Object.entries(labels).every(([name, value]) => row.labels[name] === value))
        .reduce((sum, row) => sum + row.count - (before.get(row) ?? 0), 0),
    mark() {
      before = new Map(traffic.counters.requests().map((row) => [row, row.count]));
    },
  };
}

/** Two subsets by version. */
export const subsets = [
  { name: 'v1', labels: { version: 'v1' } },
  { name: 'v2', labels: { version: 'v2' } },
];

/** A route that divides `back`. */
export const divided = (
  v1: number,
  v2: number,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  route: [
    { destination: { host: 'back', subset: 'v1' }, weight: v1 },
    { destination: { host: 'back', subset: 'v2' }, weight: v2 },
  ],
  ...more,
});
