import type { KubeInput } from '../kube/store.ts';
import type { Behaviour, CallBehaviour, FleetBehaviour } from '../traffic/behaviour.ts';
import { createRandom, type Random } from '../traffic/random.ts';
import { hostOf, withBreakerStats, type Fleet, type ServiceSpec } from './fleet.ts';
import { namespaceObject, serviceObjects } from './objects.ts';
import { audiences } from './audiences.ts';
import { timeOf } from './time.ts';
import { createPlaces } from './pods.ts';
import { shopServices } from './shopServices.ts';

const words = [
  'account', 'address', 'alert', 'audit', 'basket', 'billing', 'booking', 'brand', 'budget', 'campaign', 'card', 'claim',
  'consent', 'coupon', 'credit', 'customer', 'delivery', 'device', 'discount', 'document', 'export', 'feed', 'fraud',
  'gift', 'identity', 'image', 'import', 'invoice', 'label', 'location', 'loyalty', 'mail', 'market', 'menu', 'message',
  'notice', 'offer', 'parcel', 'partner', 'price', 'product', 'profile', 'quote', 'rating', 'receipt', 'region', 'report',
  'return', 'reward', 'route', 'search', 'session', 'stock', 'store', 'survey', 'tariff', 'tax', 'ticket', 'tracking',
  'transfer', 'user', 'vendor', 'voucher', 'wallet',
]; // prettier-ignore
const servicesPerNamespace = 15;
const layers = 6;

interface Planned {
  readonly spec: ServiceSpec;
  readonly layer: number;
  readonly calls: CallBehaviour[];
}

/** A made-up fleet of about `services` services: layers of them, each calling a few below; the same seed, the same fleet. */
export function createGenerated(services: number, seed: number, now: number): Fleet {
  const random = createRandom(seed);
  const planned = Array.from({ length: services }, (_, index) => plan(index, services, random));
  connect(planned, random);
  const entries = planned.filter(({ layer }) => layer === 0);
  const places = createPlaces(
    Array.from({ length: Math.max(3, Math.ceil(services / 40)) }, (_, i) => `node-${i + 1}`),
  );
  const namespaces = [...new Set(planned.map(({ spec }) => spec.namespace))];
  const surroundings = shopServices.filter(
    ({ outsideMesh, name }) => outsideMesh === true && name !== 'alertmanager',
  );
  const behaviour: FleetBehaviour = {
    services: Object.fromEntries(
      planned.map((one) => [`${one.spec.namespace}/${one.spec.name}`, behavioursOf(one, random)]),
    ),
    externals: {},
    queues: [],
    entries: entries.map(({ spec }) => ({
      host: hostOf(spec.namespace, spec.name),
      path: '/',
      requestsPerSecond: Math.min(400, 60 + services) / entries.length,
      audiences,
    })),
  };
  return {
    objects: [
      ...namespaces.map((name) => namespaceObject(name, now - 90 * 86_400_000, true)),
      ...['default', 'monitoring', 'istio-system'].map((name) =>
        namespaceObject(name, now - 90 * 86_400_000, false),
      ),
      ...[...planned.map(({ spec }) => spec), ...surroundings].flatMap((spec) =>
        serviceObjects(spec, now, places),
      ),
      ...planned.flatMap(({ spec }) => meshObjects(spec, now)),
    ],
    behaviour,
  };
}

function plan(index: number, services: number, random: Random): Planned {
  const namespace = `area-${String(Math.floor(index / servicesPerNamespace) + 1).padStart(2, '0')}`;
  const word = words[Math.floor(random.next() * words.length)] ?? 'service';
  const gateways = Math.max(1, Math.round(services / 80));
  const layer = index < gateways ? 0 : 1 + Math.floor(random.next() * (layers - 1));
  const split = index % 10 === 5;
  const replicas = services > 150 ? 1 : 2;
  const version = (name: string): ServiceSpec['versions'][number] => ({
    version: name,
    replicas,
    image: `fleet/${word}:${name}`,
    deployedMinutesAgo: 60 + Math.floor(random.next() * 20_000),
    ...(split ? { workload: `${word}-${index}-${name}` } : {}),
  });
  return {
    layer,
    calls: [],
    spec: {
      namespace,
      name: `${word}-${index}`,
      owner: `team-${namespace}`,
      ports: [{ name: 'http', port: 8080, appProtocol: 'http' }],
      ...(layer === 0 ? { podAnnotations: withBreakerStats } : {}),
      versions: split ? [version('v1'), version('v2')] : [version('v1')],
    },
  };
}

/** One to four callees in lower layers, mostly of the own namespace, and for everyone at least one caller. */
function connect(planned: readonly Planned[], random: Random): void {
  const callees = new Map(planned.map((one) => [one, new Set<Planned>()]));
  const anyOf = (from: readonly Planned[]): Planned | undefined =>
    from[Math.floor(random.next() * from.length)];
  const called = new Set<Planned>();
  for (const caller of planned) {
    const below = planned.filter(({ layer }) => layer > caller.layer);
    const near = below.filter(({ spec }) => spec.namespace === caller.spec.namespace);
    const wanted = caller.layer === 0 ? 6 : Math.floor(random.next() * 4);
    for (let tries = 0; tries < wanted; tries += 1) {
      const callee = anyOf(near.length > 0 && random.next() < 0.6 ? near : below);
      if (callee === undefined) continue;
      callees.get(caller)?.add(callee);
      called.add(callee);
    }
  }
  for (const lonely of planned) {
    if (lonely.layer === 0 || called.has(lonely)) continue;
    const caller = anyOf(planned.filter(({ layer }) => layer < lonely.layer));
    if (caller !== undefined) callees.get(caller)?.add(lonely);
  }
  for (const [caller, chosen] of callees) {
    for (const { spec } of chosen) caller.calls.push(callTo(spec, caller.layer, chosen.size, random));
  }
}

/** A request makes about 1.3 calls, however many callees there are, so that the whole stays bounded. */
function callTo(spec: ServiceSpec, layer: number, callees: number, random: Random): CallBehaviour {
  return {
    host: hostOf(spec.namespace, spec.name),
    path: '/',
    protocol: random.next() < 0.2 ? 'grpc' : 'http',
    perRequest: Math.min(1, (layer === 0 ? 2.4 : 1.3) / callees),
    onFailure: random.next() < 0.3 ? 'tolerate' : 'fail',
  };
}

function behavioursOf({ calls, spec }: Planned, random: Random): Record<string, Behaviour> {
  const medianMs = 3 + random.next() * 25;
  const good: Behaviour = {
    latency: { medianMs, p99Ms: medianMs * (3 + random.next() * 3) },
    errorRatio: random.next() < 0.04 ? 0.03 : 0.0008,
    capacityPerInstance: 600,
    calls,
  };
  return Object.fromEntries(spec.versions.map(({ version }) => [version, good]));
}

function meshObjects(spec: ServiceSpec, now: number): KubeInput[] {
  if (spec.versions.length < 2) return [];
  const host = hostOf(spec.namespace, spec.name);
  const metadata = {
    name: spec.name,
    namespace: spec.namespace,
    creationTimestamp: timeOf(now - 86_400_000),
  };
  const apiVersion = 'networking.istio.io/v1';
  const named = (version: string): object => ({ name: version, labels: { version } });
  const weights = [80, 20];
  return [
    {
      apiVersion,
      kind: 'DestinationRule',
      metadata,
      spec: { host, subsets: spec.versions.map(({ version }) => named(version)) },
    },
    {
      apiVersion,
      kind: 'VirtualService',
      metadata,
      spec: {
        hosts: [host],
        http: [
          {
            name: 'default',
            route: spec.versions.map(({ version }, index) => ({
              destination: { host, subset: version },
              weight: weights[index] ?? 0,
            })),
          },
        ],
      },
    },
  ];
}
