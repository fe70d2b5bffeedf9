import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRules, everything, type ConsulRule, type ConsulUser } from './access.ts';
import { createState, type ConsulState, type Fields } from './state.ts';
import { startConsul, type ConsulServer } from './server.ts';

interface Recording {
  readonly user: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

const folder = new URL('../../../test/fixtures/consul/', import.meta.url);
const recording = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Recording;

/** In the order in which test/peers/record/consul.ts asked: writes change what later reads show. */
const inOrder = [
  'leader', 'datacenters', 'catalog-services', 'catalog-payment', 'health-payment', 'health-connect-payment-passing',
  'nodes', 'nodes-narrow', 'topology-payment', 'topology-without-kind', 'chain-payment', 'chain-plain',
  'chain-unknown', 'config-proxy-defaults', 'config-service-defaults', 'config-service-resolver',
  'config-service-splitter', 'config-service-router', 'config-service-intentions', 'config-missing',
  'config-unknown-kind', 'config-narrow', 'authorize-admin', 'authorize-operator', 'authorize-viewer',
  'authorize-narrow', 'authorize-stranger', 'stranger-nodes', 'stranger-token', 'agent-forbidden',
  'anonymous-services', 'splitter', 'cas-wrong', 'cas-wrong-but-identical', 'cas-right', 'cas-again',
  'splitter-after', 'split-not-100', 'split-negative', 'split-thousandths', 'split-hundredths',
  'splitter-hundredths', 'split-unknown-subset', 'config-unknown-field', 'config-forbidden',
  'config-forbidden-narrow', 'split-of-tcp', 'router', 'chain-routed', 'router-delete-cas-wrong', 'router-delete',
  'router-delete-missing', 'restore', 'blocking-nothing-new', 'blocking-past-index', 'blocking-future-index',
  'blocking-bad-index', 'kv-create', 'kv-create-exists', 'kv-read', 'kv-list', 'kv-keys', 'kv-missing',
  'kv-cas-wrong', 'kv-forbidden', 'txn', 'txn-cas-wrong', 'txn-forbidden', 'kv-delete-cas-wrong', 'kv-delete',
  'authorize-nonsense', 'path-unknown',
  // test/peers/record/consulEntries.ts
  'defaults-limits', 'defaults-limits-read', 'defaults-nameless', 'defaults-negative',
  'defaults-unknown-nested', 'defaults-protocol', 'defaults-restore', 'meta-too-long', 'router-headers',
  'router-headers-read', 'router-two-paths', 'router-path-relative', 'router-header-empty',
  'router-unknown-subset', 'router-headers-delete', 'resolver-failover', 'resolver-failover-read',
  'chain-failover', 'resolver-default-unknown', 'resolver-failover-empty', 'resolver-failover-unknown',
  'resolver-subset-in-use', 'resolver-delete-in-use', 'resolver-restore', 'resolver-redirect',
  'chain-redirect', 'resolver-redirect-delete', 'create', 'create-exists', 'create-identical', 'create-read',
  'delete-cas-right', 'delete-cas-gone', 'intentions-permissions', 'intentions-permissions-read',
  'intentions-empty', 'intentions-action', 'intentions-twice', 'intentions-forbidden', 'intentions-restore',
  'kv-list-none', 'txn-create', 'txn-create-exists', 'txn-delete-cas-wrong', 'txn-delete-cas-absent',
  'txn-unknown-verb', 'txn-trees', 'kv-put-below', 'kv-put-beside', 'kv-keys-separator', 'kv-list-two',
  'kv-delete-tree',
]; // prettier-ignore

const user = (description: string, digit: string, rules: readonly ConsulRule[]): [string, ConsulUser] => [
  description,
  {
    accessor: `a${digit.repeat(7)}-${digit.repeat(4)}-6${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`,
    description,
    rules,
  },
];
const viewing = (['service', 'intention', 'key', 'node', 'operator', 'agent'] as const).map((one) =>
  everything(one, 'read'),
);
const service = (name: string, access: 'read' | 'write'): ConsulRule => ({
  resource: 'service',
  name,
  prefix: false,
  access,
});
const users = new Map([
  user('admin', '1', allRules),
  user('operator', '2', [
    ...viewing.filter(({ resource }) => resource !== 'service' && resource !== 'intention'),
    everything('service', 'write'),
    everything('intention', 'write'),
    { resource: 'key', name: 'shop/', prefix: true, access: 'write' },
  ]),
  user('viewer', '3', viewing),
  user('narrow', '6', [service('order', 'read'), service('payment', 'read'), everything('node', 'read')]),
]);

let state: ConsulState;
let server: ConsulServer;

beforeAll(async () => {
  state = seeded();
  server = await startConsul(state, users);
});
afterAll(() => server.close());

/** What the recorded reads show, in a data centre of ours. */
function seeded(): ConsulState {
  const fresh = createState('dc1');
  type SeenNode = Fields & { Node: string; Services: Fields[]; Checks: Fields[] };
  for (const { Services, Checks, ...node } of recording('nodes').response.body as SeenNode[]) {
    fresh.putNode(node as unknown as Parameters<ConsulState['putNode']>[0]);
    const bare = ({ CreateIndex: _c, ModifyIndex: _m, ...rest }: Fields) => rest;
    for (const one of Services)
      fresh.putService(node.Node, bare(one) as Parameters<ConsulState['putService']>[1]);
    for (const one of Checks) fresh.putCheck(node.Node, bare(one) as Parameters<ConsulState['putCheck']>[1]);
  }
  for (const kind of [
    'proxy-defaults',
    'service-defaults',
    'service-resolver',
    'service-splitter',
    'service-intentions',
  ])
    for (const { Hash: _h, CreateIndex: _c, ModifyIndex: _m, ...content } of recording(`config-${kind}`)
      .response.body as Fields[])
      fresh.putEntry(kind, String(content['Name']), content);
  return fresh;
}

describe('our Consul answers as the real one did', () => {
  test('of every recording', () => {
    const all = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
    expect([...inOrder].sort()).toEqual(all.sort());
  });

  for (const name of inOrder) {
    test(`${name}`, async () => {
      const { user: who, request, response } = recording(name);
      const { body } = request;
      const answer = await fetch(server.url + withOurIndex(name, request.path), {
        method: request.method,
        headers: who === 'anyone' ? {} : { 'x-consul-token': who },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      expect(answer.status, text).toBe(response.status);
      expect(timeless(parsed(text))).toEqual(timeless(response.body));
      for (const [header, value] of Object.entries(response.headers ?? {}))
        if (header === 'x-consul-index') expect(answer.headers.get(header)).toMatch(/^\d+$/);
        else expect(answer.headers.get(header), header).toBe(value);
    });
  }
});

test('tells its own time with every answer, as operators of trips need it', async () => {
  const { headers } = await fetch(`${server.url}/v1/status/leader`);
  expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(5_000);
});

/** Indexes are of our own history: the one that the recording names stands for the entry's present one. */
function withOurIndex(name: string, path: string): string {
  const splitter = String(state.entry('service-splitter', 'payment')?.modifyIndex ?? 0);
  if (name === 'cas-right') return path.replace(/cas=\d+/, `cas=${splitter}`);
  const router = String(state.entry('service-router', 'edge')?.modifyIndex ?? 7);
  if (name.startsWith('delete-cas-')) return path.replace(/cas=\d+/, `cas=${router}`);
  if (name === 'blocking-nothing-new') return path.replace(/index=\d+/, `index=${state.indexOf('config')}`);
  return path;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Without what differs from one data centre and one moment to the next. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (['CreateIndex', 'ModifyIndex', 'Hash'].includes(key)) return key;
      if (typeof inner !== 'string') return inner;
      return inner.replace(/internal\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'internal.trust-domain');
    }),
  );
}
