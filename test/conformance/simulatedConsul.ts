import { consul } from '../../shared/connectors/consul/connector.ts';
import { allRules, type ConsulUser, everything } from '../../shared/rehearsal/consul/access.ts';
import { normalised } from '../../shared/rehearsal/consul/entryRules.ts';
import { meshHostOf } from '../../shared/rehearsal/consul/meshNames.ts';
import { mirrorMesh } from '../../shared/rehearsal/consul/mirror.ts';
import { putCheck, registerWithSidecar } from '../../shared/rehearsal/consul/registering.ts';
import { startConsul } from '../../shared/rehearsal/consul/server.ts';
import { createState } from '../../shared/rehearsal/consul/state.ts';
import { createObjectStore } from '../../shared/rehearsal/kube/store.ts';
import type { Behaviour, FleetBehaviour } from '../../shared/rehearsal/traffic/behaviour.ts';
import { createTraffic, type Traffic } from '../../shared/rehearsal/traffic/model.ts';
import { shopEntries, shopInstances } from '../peers/start/consulShop.ts';
import { hostOf } from './cluster.ts';
import type { ConsulMeshUnderTest } from './consulTrips.ts';

const rights = ['service', 'intention', 'key', 'node', 'operator', 'agent'] as const;
const users: Readonly<Record<'admin' | 'operator' | 'viewer', ConsulUser>> = {
  admin: { accessor: '1', description: 'admin', rules: allRules },
  operator: {
    accessor: '2',
    description: 'operator',
    rules: rights.map((right) =>
      everything(right, right === 'service' || right === 'intention' ? 'write' : 'read'),
    ),
  },
  viewer: { accessor: '3', description: 'viewer', rules: rights.map((right) => everything(right, 'read')) },
};

/** How a version of payment behaves now. */
interface Mode {
  readonly failRatio?: number;
  readonly delayMs?: number;
}

type Program = { -readonly [field in keyof Behaviour]: Behaviour[field] };

const program = (...calls: Behaviour['calls']): Program => ({
  latency: { medianMs: 4, p99Ms: 12 },
  errorRatio: 0,
  capacityPerInstance: 1_000,
  calls,
});
const callTo = (name: string, perRequest: number): Behaviour['calls'][number] => ({
  host: meshHostOf(name),
  path: '/',
  protocol: 'http',
  perRequest,
  onFailure: 'tolerate',
});

/** A tenth of those who come in. */
export const beta = { 'x-user-group': 'beta' };

/** As the real tier's programs behave, but that nothing fails unless told to. */
function behaviourWith(payment: Readonly<Record<'v1' | 'v2', Program>>): FleetBehaviour {
  return {
    services: {
      'default/edge': { v1: program(callTo('order', 0.8), callTo('payment', 0.2)) },
      'default/order': { v1: program(callTo('payment', 1)) },
      'default/payment': payment,
      'default/cashdesk': { v1: program() },
    },
    externals: {},
    queues: [],
    entries: [
      {
        host: meshHostOf('edge'),
        path: '/',
        requestsPerSecond: 100,
        audiences: [{ share: 0.1, headers: beta }],
      },
    ],
  };
}

/** The simulated mesh, whose programs can be told how to behave. */
export interface SimulatedMesh extends ConsulMeshUnderTest {
  setMode(version: 'v1' | 'v2', mode: Mode): void;
  /** Has a check of an instance pass, or fail. */
  setHealth(id: string, healthy: boolean): void;
  /** Lets seconds pass, and tells how many of order's calls ended how: `payment v2`, or the proxy's words. */
  count(seconds: number): ReadonlyMap<string, number>;
}

/** The real tier's shop on the rehearsal's Consul; time passes for its programs whenever somebody asks what they get. */
export async function startSimulatedMesh(): Promise<SimulatedMesh> {
  const state = createState('dc1');
  state.putNode({ ID: 'n1', Node: 'n1', Address: '127.0.0.1', TaggedAddresses: {}, Meta: {} });
  for (const { id, name, version, address, upstreams } of shopInstances) {
    const one = { id, service: name, version, address, team: 'shop', ready: true };
    registerWithSidecar(state, 'n1', { ...one, upstreams: Object.keys(upstreams) });
  }
  for (const entry of shopEntries as readonly { readonly Kind: string; readonly Name: string }[])
    state.putEntry(entry.Kind, entry.Name, normalised({ ...entry }));
  const store = createObjectStore();
  const stopMirror = mirrorMesh(state, store);
  let at = 1_790_000_000_000;
  const payment = { v1: program(), v2: program() };
  const behaviour = behaviourWith(payment);
  const traffic = createTraffic({ store, behaviour, seed: 7, startAt: at, countBy: 'cluster' });
  const server = await startConsul(state, new Map(Object.entries(users)));
  const step = (): void => traffic.step((at += 500));
  step();
  return {
    openAs: (user) => consul.open({ address: server.url, token: user }, hostOf()),
    async call(method, path, body) {
      const answer = await fetch(server.url + path, {
        method,
        headers: { 'x-consul-token': 'admin' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, text: await answer.text() };
    },
    ask(caller) {
      for (let tries = 0; tries < 20; tries += 1) {
        const before = endsOf(traffic, caller);
        step();
        const [most] = [...endsOf(traffic, caller)]
          .map(([said, count]) => ({ said, grown: count - (before.get(said) ?? 0) }))
          .filter(({ grown }) => grown > 0)
          .sort((a, b) => b.grown - a.grown);
        if (most !== undefined) return Promise.resolve(most.said);
      }
      throw new Error(`${caller} calls payment no more`);
    },
    reached: () =>
      Promise.resolve(
        traffic.counters
          .requests()
          .filter(({ labels }) => labels['reporter'] === 'destination' && isTo(labels, 'payment'))
          .reduce((sum, { count }) => sum + count, 0),
      ),
    proven: () => Promise.resolve(),
    reconnect: () => Promise.resolve(),
    note: () => undefined,
    setMode(version, { failRatio = 0, delayMs = 4 }) {
      payment[version].errorRatio = failRatio;
      payment[version].latency = { medianMs: delayMs, p99Ms: 3 * delayMs };
    },
    setHealth(id, healthy) {
      putCheck(state, 'n1', {
        id: `service:${id}`,
        name: 'check of the suite',
        status: healthy ? 'passing' : 'critical',
        output: '',
        type: 'http',
        service: { id, name: id.split('-')[0] ?? '' },
      });
    },
    count(seconds) {
      const before = endsOf(traffic, 'order', versioned);
      for (let steps = 0; steps < 2 * seconds; steps += 1) step();
      return new Map(
        [...endsOf(traffic, 'order', versioned)]
          .map(([said, count]) => [said, count - (before.get(said) ?? 0)] as const)
          .filter(([, count]) => count > 0),
      );
    },
    async [Symbol.asyncDispose]() {
      stopMirror();
      traffic.close();
      await server.close();
    },
  };
}

type Labels = Readonly<Record<string, string>>;

const isTo = (labels: Labels, service: string): boolean =>
  labels['destination_service'] === meshHostOf(service);

const versioned = (service: string, labels: Labels): string =>
  `${labels['destination_canonical_service'] ?? service} ${labels['destination_version']}`;

/** How calls of payment ended for this caller so far, in the words in which its proxy answers. */
function endsOf(
  traffic: Traffic,
  caller: string,
  sayServed: (service: string, labels: Labels) => string = (service) => service,
): Map<string, number> {
  const found = new Map<string, number>();
  for (const { labels, count } of traffic.counters.requests()) {
    if (labels['reporter'] !== 'source' || labels['source_canonical_service'] !== caller) continue;
    for (const service of ['payment', 'cashdesk'])
      if (isTo(labels, service)) {
        const said = labels['response_code'] === '200' ? sayServed(service, labels) : sayRefusal(labels);
        found.set(said, (found.get(said) ?? 0) + count);
      }
  }
  return found;
}

function sayRefusal(labels: Labels): string {
  if (labels['response_flags'] === 'UO')
    return '503 upstream connect error or disconnect/reset before headers. reset reason: overflow';
  return labels['response_code'] === '403'
    ? '403 RBAC: access denied'
    : `${labels['response_code']} ${labels['response_flags']}`;
}
