import { loyaltyPerOrder, stockHost } from '../fleet/across.ts';
import { audiences } from '../fleet/audiences.ts';
import type { ObjectStore } from '../kube/store.ts';
import type { Behaviour, CallBehaviour, FleetBehaviour } from '../traffic/behaviour.ts';
import { fieldsAt, textOf } from '../traffic/reading.ts';
import { meshHostOf } from './meshNames.ts';
import { putCheck, register, registerWithSidecar } from './registering.ts';
import { createState, type ConsulState } from './state.ts';

interface Instances {
  readonly service: string;
  readonly version: string;
  readonly count: number;
  readonly team: string;
}

const own: readonly Instances[] = [
  { service: 'loyalty', version: 'v1', count: 3, team: 'team-loyalty' },
  { service: 'loyalty', version: 'v2', count: 1, team: 'team-loyalty' },
  { service: 'points', version: 'v1', count: 2, team: 'team-loyalty' },
  { service: 'vouchers', version: 'v1', count: 1, team: 'team-loyalty' },
];

/** The shop's services that are registered here as well, for they call what is here. */
export const shared: readonly string[] = ['order', 'refunds'];

const upstreams: Readonly<Record<string, readonly string[]>> = {
  order: ['loyalty'],
  refunds: ['points'],
  loyalty: ['points', 'vouchers'],
  vouchers: ['stock'],
};

const nodes = ['dc2-a', 'dc2-b', 'dc2-c'];

/** The data centre with what is registered and configured in it. */
export function createDc2(): ConsulState {
  const state = createState('dc2');
  nodes.forEach((node, index) => {
    const address = `10.62.0.${index + 1}`;
    state.putNode({
      ID: `6f1d2c3a-0000-4000-8000-00000000000${index + 1}`,
      Node: node,
      Address: address,
      TaggedAddresses: { lan: address, lan_ipv4: address, wan: address, wan_ipv4: address },
      Meta: { 'consul-network-segment': '', 'consul-version': '1.20.5' },
    });
    putCheck(state, node, {
      id: 'serfHealth',
      name: 'Serf Health Status',
      status: 'passing',
      output: 'Agent alive and reachable',
      type: '',
    });
  });
  register(state, 'dc2-a', { Name: 'consul', Port: 8300, Meta: { version: '1.20.5' } });
  let count = 0;
  for (const { service, version, count: copies, team } of own)
    for (let copy = 1; copy <= copies; copy += 1) {
      count += 1;
      const id = `${service}-${version}-${copy}`;
      const node = nodes[count % nodes.length] ?? 'dc2-a';
      registerWithSidecar(state, node, {
        id,
        service,
        version,
        team,
        address: `10.62.1.${count}`,
        ready: true,
        upstreams: upstreams[service] ?? [],
      });
    }
  registerOutside(state);
  configure(state);
  return state;
}

/** A service of the shop's Kubernetes under a name of its own here: listed by its host, on a node that no agent runs on. */
function registerOutside(state: ConsulState): void {
  const node = 'shop-kubernetes';
  state.putNode({
    ID: '',
    Node: node,
    Address: stockHost,
    TaggedAddresses: {},
    Meta: { 'external-node': 'true', 'external-probe': 'true' },
  });
  register(state, node, { ID: 'stock', Name: 'stock', Port: 80, Meta: { team: 'team-catalog' } });
  putCheck(state, node, {
    id: 'service:stock',
    name: "Service 'stock' check",
    status: 'passing',
    output: `HTTP GET http://${stockHost}/healthz: 200 OK Output: {}`,
    type: 'http',
    service: { id: 'stock', name: 'stock' },
  });
}

function configure(state: ConsulState): void {
  const put = (Kind: string, Name: string, rest: object): void =>
    state.putEntry(Kind, Name, { Kind, Name, ...rest });
  const filled = { TransparentProxy: {}, MeshGateway: {}, Expose: {} };
  put('proxy-defaults', 'global', { ...filled, AccessLogs: {}, Config: { protocol: 'http' } });
  for (const name of [...new Set(own.map(({ service }) => service)), ...shared, 'stock'])
    put('service-defaults', name, { Protocol: 'http', ...filled });
  put('service-resolver', 'loyalty', {
    DefaultSubset: 'v1',
    Subsets: {
      v1: { Filter: 'Service.Meta.version == v1' },
      v2: { Filter: 'Service.Meta.version == v2' },
    },
  });
  put('service-splitter', 'loyalty', {
    Splits: [
      { Weight: 80, ServiceSubset: 'v1' },
      { Weight: 20, ServiceSubset: 'v2' },
    ],
    Meta: { team: 'team-loyalty' },
  });
  for (const callee of [...new Set(Object.values(upstreams).flat())]) {
    const callers = Object.keys(upstreams).filter((caller) => upstreams[caller]?.includes(callee));
    const Sources = callers.map((Name) => ({ Name, Action: 'allow', Precedence: 9, Type: 'consul' }));
    put('service-intentions', callee, { Sources });
  }
  state.putPair('config/loyalty/points-per-euro', '1', 0);
  state.putPair('config/loyalty/welcome-voucher', 'true', 0);
  state.putPair('config/vouchers/valid-days', '90', 0);
}

/** Keeps the shop's instances registered here as they come and go in Kubernetes. Returns the end of it. */
export function registerShop(state: ConsulState, store: ObjectStore): () => void {
  const sync = (): void => {
    const running = new Map<string, string>();
    for (const pod of store.list('pods', 'shop')) {
      const service = pod.metadata.labels?.['app'] ?? '';
      const address = textOf(fieldsAt(pod, 'status')['podIP']);
      if (!shared.includes(service) || address === null || pod.metadata['deletionTimestamp'] !== undefined)
        continue;
      running.set(pod.metadata.name, service);
      const team = pod.metadata.labels?.['team'] ?? 'team-checkout';
      registerWithSidecar(state, 'dc2-a', {
        id: pod.metadata.name,
        service,
        version: pod.metadata.labels?.['version'] ?? 'v1',
        team,
        address,
        ready: isReady(pod),
        upstreams: upstreams[service] ?? [],
      });
    }
    for (const { id, name, kind } of state.services())
      if (kind === '' && shared.includes(name) && !running.has(id)) {
        state.removeService(id);
        state.removeService(`${id}-sidecar-proxy`);
      }
  };
  sync();
  return store.subscribe(({ resource }) => {
    if (resource === 'pods') sync();
  });
}

const isReady = (pod: object): boolean => {
  const conditions = fieldsAt(pod, 'status')['conditions'];
  return (
    Array.isArray(conditions) &&
    conditions.some((one) => fieldsAt(one)['type'] === 'Ready' && fieldsAt(one)['status'] === 'True')
  );
};

function callTo(service: string, path: string, perRequest: number): CallBehaviour {
  return { host: meshHostOf(service), path, perRequest, protocol: 'http', onFailure: 'tolerate' };
}

function plain(
  medianMs: number,
  p99Ms: number,
  capacityPerInstance: number,
  calls: Behaviour['calls'] = [],
): Behaviour {
  return { latency: { medianMs, p99Ms }, errorRatio: 0.0005, capacityPerInstance, calls };
}

const loyaltyCalls = [callTo('points', '/points', 0.9), callTo('vouchers', '/vouchers', 0.3)];

/** How its programs behave; what the shop's own services do besides is the shop's. */
export const dc2Behaviour: FleetBehaviour = {
  services: {
    'default/order': { v1: plain(2, 8, 110, [callTo('loyalty', '/loyalty', 1)]) },
    'default/refunds': { v1: plain(2, 8, 60, [callTo('points', '/points', 1)]) },
    'default/loyalty': { v1: plain(11, 40, 60, loyaltyCalls), v2: plain(9, 34, 60, loyaltyCalls) },
    'default/points': { v1: plain(4, 15, 120) },
    'default/vouchers': { v1: plain(6, 22, 80, [callTo('stock', '/stock', 0.5)]) },
    // As the shop's own traffic has its inventory.
    'default/stock': { none: plain(5, 18, 400) },
  },
  externals: {},
  queues: [],
  entries: [
    // Only those of its requests that make it call what is here.
    {
      host: meshHostOf('order'),
      path: '/order',
      requestsPerSecond: 218 * loyaltyPerOrder,
      audiences,
    },
    { host: meshHostOf('refunds'), path: '/refunds', requestsPerSecond: 6 },
  ],
};
