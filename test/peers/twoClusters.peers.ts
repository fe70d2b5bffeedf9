import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { textAt } from '../../shared/connectors/kube/objects.ts';
import type { ConnectionState } from '../../shared/model/connection.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { readPayment, writeWeights } from './payment.ts';
import { access } from './start/access.ts';
import { createApiClient } from './start/api.ts';
import { type OwnCluster, startOwnCluster } from './start/ownCluster.ts';
import { waitFor } from './start/processes.ts';
import { consoleOnFiles, isOpen, type OneContext } from './twoClusters.ts';

const run = readCoordinates();
const limitMs = 60_000;
// An API server takes its time to end and to begin, the more the busier the machine.
vi.setConfig({ testTimeout: 4 * limitMs });
let west: OwnCluster;
let folder: string;
/** Of west: an account that may do everything, known by a token in this file. */
let tokenFile: string;

beforeAll(async () => {
  const since = Date.now();
  west = await startOwnCluster(run);
  noteFigure(run, 'twoClusters', `a second etcd and API server: up after ${Date.now() - since} ms`);
  folder = await mkdtemp(join(tmpdir(), 'podium-west-'));
  tokenFile = join(folder, 'token');
  const { admin } = west;
  const roles = access.filter(({ metadata: { namespace } }) => namespace !== 'monitoring');
  const object = (apiVersion: string, kind: string, name: string, more: object = {}) =>
    admin.apply({ apiVersion, kind, metadata: { name, ...more } });
  await object('v1', 'Namespace', 'back-office');
  await object('v1', 'ServiceAccount', 'podium', { namespace: 'shop' });
  await Promise.all([
    ...roles.map((role) => admin.apply(role)),
    admin.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'vault', namespace: 'back-office' },
      spec: { selector: { app: 'vault' }, ports: [{ name: 'http', port: 8080 }] },
    }),
    admin.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'podium' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'podium', namespace: 'shop' }],
    }),
  ]);
  await writeFile(tokenFile, await tokenWhile('first'));
}, 120_000);
afterAll(async () => {
  await west[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A token of the account that west takes only while the Secret of this name is there. */
async function tokenWhile(secret: string): Promise<string> {
  const post = async (path: string, body: object) => {
    const answer = await west.admin.call(`/api/v1/namespaces/shop/${path}`, { method: 'POST', body });
    expect(answer.status).toBe(201);
    return answer.body;
  };
  const made = await post('secrets', { metadata: { name: secret } });
  const boundObjectRef = {
    apiVersion: 'v1',
    kind: 'Secret',
    name: secret,
    uid: textAt(made, 'metadata', 'uid'),
  };
  const asked = { spec: { expirationSeconds: 3_600, boundObjectRef } };
  return textAt(await post('serviceaccounts/podium/token', asked), 'status', 'token') ?? '';
}

const { url, caFile, tokens } = run.kubernetes;
const prodEast: OneContext = { name: 'prod-east', server: url, caFile, user: { token: tokens.admin } };
const ofWest = (name: string, user: OneContext['user']): OneContext => {
  const { kubernetes } = west.peers;
  return { name, server: kubernetes.url, caFile: kubernetes.caFile, user };
};
const stagingWest = (): OneContext => ofWest('staging-west', { tokenFile });
const onlyLooking = (): OneContext => ({
  ...ofWest('staging-west-viewer', { token: west.peers.kubernetes.tokens['shop-viewer'] }),
  namespace: 'shop',
});

/** Both clusters open in one console, each named by a file of its own. */
async function openBoth() {
  const console = await consoleOnFiles({ east: [prodEast], west: [stagingWest(), onlyLooking()] });
  const east = await console.connect('prod-east');
  return { console, east, west: await console.connect('staging-west') };
}

const both = async () => [await readPayment(run), await readPayment(west.peers)];

test('two clusters are one map: what has the same name in both is kept apart, and each has its own environment', async () => {
  const { console, ...open } = await openBoth();
  await using _ = console;
  const of = ({ environment, server, user, locked }: ConnectionState) => [environment, server, user, locked];
  expect(of(open.east)).toEqual(['production', 'https://127.0.0.1:6443', 'admin', true]);
  expect(of(open.west)).toEqual([
    'staging',
    'https://127.0.0.1:6543',
    'system:serviceaccount:shop:podium',
    true,
  ]);
  const ids = ['prod-east/shop/payment', 'staging-west/shop/payment'] as const;
  const [inEast, inWest] = ids;
  const map = await console.map((all) => all.get(inEast)?.readyInstances === 3 && all.has(inWest));
  // West has bare pods only: nothing there says how many there should be, and east's do not stand in.
  expect(ids.map((id) => [map.get(id)?.faces, map.get(id)?.desiredInstances])).toEqual([
    [undefined, 3],
    [undefined, null],
  ]);
  const [here, there] = [
    await console.split('prod-east', [70, 30]),
    await console.split('staging-west', [70, 30]),
  ];
  expect([here.serviceId, there.serviceId]).toEqual(ids);
});

test('who may see less of one cluster sees less, is told so, and writes nothing', async () => {
  const { console } = await openBoth();
  await using _ = console;
  const viewer = await console.connect('staging-west-viewer');
  expect(viewer).toMatchObject({ user: 'shop-viewer', namespaces: ['shop'], environment: 'staging' });
  expect(viewer.warnings.join()).toMatch(/may not list services in all namespaces, so only shop/);
  const all = await console.map(
    (services) =>
      services.has('staging-west/back-office/vault') && services.has('staging-west-viewer/shop/payment'),
  );
  expect([...all.keys()].filter((id) => id.endsWith('/vault'))).toEqual(['staging-west/back-office/vault']);
  const mayPatch = ({ permissions }: ConnectionState) =>
    permissions.find(({ verb, resource }) => verb === 'patch' && resource.startsWith('virtualservices'))
      ?.allowed;
  expect(mayPatch(viewer)).toBe(false);
  expect(mayPatch(await console.state('staging-west', isOpen))).toBe(true);

  const before = await both();
  const plan = await console.plan(await console.split('staging-west-viewer', [70, 30]), [95, 5]);
  expect(plan.guards.find(({ id }) => id === 'access')).toMatchObject({ verdict: 'block' });
  await console.client.connections.unlock({ id: 'staging-west-viewer' });
  await expect(console.apply(plan)).rejects.toThrow(/You may not patch/);
  expect(await both()).toEqual(before);
});

test('a write goes to the cluster that it names and to no other, and unlocking one unlocks no other', async () => {
  const { console } = await openBoth();
  await using _ = console;
  const [here, there] = [
    await console.split('prod-east', [70, 30]),
    await console.split('staging-west', [70, 30]),
  ];
  const [untouched] = await both();
  await expect(console.plan(there, [60, 40], 'prod-east')).rejects.toThrow(/prod-east has no such split/);
  const plan = await console.plan(there, [60, 40]);
  expect(plan.connection).toMatchObject({ title: 'staging-west', server: 'https://127.0.0.1:6543' });
  await console.client.connections.unlock({ id: 'prod-east' });
  await expect(console.apply(plan)).rejects.toThrow(/is read-only until you unlock it/);
  await console.client.connections.unlock({ id: 'staging-west' });
  await console.follow(await console.apply(plan), ({ state }) => state === 'written');
  await console.split('staging-west', [60, 40]);
  expect((await readPayment(west.peers)).spec.http[0]?.route.map(({ weight }) => weight)).toEqual([60, 40]);
  expect(await readPayment(run)).toEqual(untouched);
  expect((await console.split('prod-east', [70, 30])).revision).toBe(here.revision);
  await writeWeights(west.peers, 70, 30);
});

test('a cluster that goes away keeps its map and says so, the other goes on, and what changed meanwhile is seen at the return', async () => {
  const { console } = await openBoth();
  await using _ = console;
  const isThere = (services: ReadonlyMap<string, unknown>) =>
    services.has('prod-east/shop/payment') && services.has('staging-west/back-office/vault');
  await console.map(isThere);
  const stale = await console.split('staging-west', [70, 30]);
  const plan = await console.plan(stale, [50, 50]);
  await west.stopApiServer();
  const gone = await console.state('staging-west', ({ error }) => error !== null);
  expect(gone.error).toMatch(/127\.0\.0\.1:6543/);

  await writeWeights(run, 65, 35);
  await console.split('prod-east', [65, 35]);
  await writeWeights(run, 70, 30);
  await console.split('prod-east', [70, 30]);
  expect(await console.state('prod-east', isOpen)).toMatchObject({ error: null });
  await console.map(isThere);
  await console.client.connections.unlock({ id: 'staging-west' });
  const lost = await console.follow(await console.apply(plan), ({ state }) => state !== 'writing');
  expect(lost).toMatchObject({ state: 'notWritten', error: expect.stringMatching(/6543/) as unknown });

  await west.startApiServer();
  const upAt = Date.now();
  await writeWeights(west.peers, 80, 20);
  await console.split('staging-west', [80, 20]);
  await console.state('staging-west', isOpen);
  noteFigure(run, 'twoClusters', `one of two is back: followed again after ${Date.now() - upAt} ms`);
  await writeWeights(west.peers, 70, 30);
});

test('credentials of one cluster that are replaced are no concern of the other', async () => {
  const { console } = await openBoth();
  await using _ = console;
  const seen = await console.split('staging-west', [70, 30]);
  const old = createApiClient(
    west.peers.kubernetes.url,
    west.peers.kubernetes.caFile,
    await readFile(tokenFile, 'utf8'),
  );
  const next = await tokenWhile('second');
  await west.admin.call('/api/v1/namespaces/shop/secrets/first', { method: 'DELETE' });
  // It remembers for ten seconds whom it took.
  await waitFor('the old token to be refused', { limitMs }, async () => {
    return (await old.call('/version')).status === 401;
  });
  await writeFile(tokenFile, next);
  const plans = [seen, await console.split('prod-east', [70, 30])].map((one) => console.plan(one, [80, 20]));
  expect((await Promise.all(plans)).map(({ connection }) => connection.title)).toEqual([
    'staging-west',
    'prod-east',
  ]);
  await writeWeights(west.peers, 75, 25);
  await console.split('staging-west', [75, 25]);
  expect(await console.state('prod-east', isOpen)).toMatchObject({ error: null, locked: true });
  await writeWeights(west.peers, 70, 30);
});

test('a kubeconfig that changes while both are open: one that leads elsewhere by now is locked and writes nothing, the other stays as it is', async () => {
  const { console } = await openBoth();
  await using _ = console;
  for (const id of ['prod-east', 'staging-west']) await console.client.connections.unlock({ id });
  const plan = await console.plan(await console.split('staging-west', [70, 30]), [90, 10]);
  const before = await both();
  await console.replace('west', [
    { ...prodEast, name: 'staging-west' },
    { ...stagingWest(), name: 'test-west' },
  ]);
  const moved = await console.state(
    'staging-west',
    (state) => isOpen(state) && state.server === 'https://127.0.0.1:6443',
  );
  expect(moved).toMatchObject({ user: 'admin', locked: true });
  expect(await console.state('prod-east', isOpen)).toMatchObject({ locked: false, error: null });
  await console.client.connections.unlock({ id: 'staging-west' });
  await expect(console.apply(plan)).rejects.toThrow(/Nothing was changed/);
  expect(await both()).toEqual(before);
  const { candidates } = await console.client.connections.discover();
  expect(candidates.map(({ title }) => title)).toEqual(['prod-east', 'staging-west', 'test-west']);
  expect((await console.connect('test-west')).server).toBe('https://127.0.0.1:6543');
});
