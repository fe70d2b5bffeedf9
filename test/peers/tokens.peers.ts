import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { writeWeights } from './payment.ts';
import { createApiClient } from './start/api.ts';
import { type OwnCluster, startOwnCluster } from './start/ownCluster.ts';
import { waitFor } from './start/processes.ts';
import { errorOf, mapOf, splitOf } from './watched.ts';

const run = readCoordinates();
const refusedWords = /127\.0\.0\.1:6543 does not accept these credentials \(401\).*expired\. Log in again/;
// The API server takes a token for a minute longer than it is good for, and remembers for 10 s that it was.
const graceSeconds = 60;
let cluster: OwnCluster;
let folder: string;
let uid: string;

beforeAll(async () => {
  cluster = await startOwnCluster(run);
  folder = await mkdtemp(join(tmpdir(), 'podium-tokens-'));
  const { admin } = cluster;
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'podium', namespace: 'shop' },
  };
  await admin.apply(account);
  await admin.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'podium' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'podium', namespace: 'shop' }],
  });
  const { body } = await admin.call('/api/v1/namespaces/shop/serviceaccounts/podium');
  uid = (body as { metadata: { uid: string } }).metadata.uid;
}, 120_000);
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A token of the account that the API server will take for so many seconds from now. */
const tokenFor = (seconds: number) =>
  cluster.signToken({ name: 'podium', uid }, Math.floor(Date.now() / 1_000) + seconds - graceSeconds);

/** Waits until the API server itself takes this token no more. */
async function expiry(token: string): Promise<void> {
  const { url, caFile } = cluster.peers.kubernetes;
  const holder = createApiClient(url, caFile, token);
  expect((await holder.call('/api/v1/namespaces/shop/services')).status).toBe(200);
  await waitFor('the token to expire', { limitMs: 100_000 }, async () => {
    return (await holder.call('/api/v1/namespaces/shop/services')).status === 401;
  });
}

const isOpen = ({ state, sources }: { state: string; sources: readonly { connector: string }[] }) =>
  state === 'open' && sources.some(({ connector }) => connector === 'istio');

test('a token that expires is said in words, empties nothing, and the next one in its file is used', async () => {
  const tokenFile = join(folder, 'token');
  const token = await tokenFor(15);
  await writeFile(tokenFile, token);
  await cluster.addContext('rotated', { tokenFile });
  await using console = await openConsole(cluster.peers);
  const { user } = await console.open('rotated', {}, isOpen);
  expect(user).toBe('system:serviceaccount:shop:podium');
  const seen = await console.paymentSplit();
  const map = await mapOf(console, (all) => all.includes('payment'));
  await expiry(token);

  // The API server lets watches that are open run on; what is asked anew it refuses.
  await expect(console.plan([80, 20], seen)).rejects.toThrow(refusedWords);
  await cluster.stopApiServer();
  await cluster.startApiServer();
  await errorOf(console, (error) => refusedWords.test(error ?? ''));
  expect(await mapOf(console, (all) => all.length > 0)).toEqual(map);
  expect((await console.paymentSplit()).id).toBe(seen.id);

  await writeFile(tokenFile, await tokenFor(600));
  const givenAt = Date.now();
  await errorOf(console, (error) => error === null);
  noteFigure(run, 'tokens', `a new token in its file: all watches go on after ${Date.now() - givenAt} ms`);
  expect((await writeWeights(cluster.peers, 65, 35)).status).toBe(200);
  const followed = await splitOf(console, [65, 35]);
  const plan = await console.plan([80, 20], followed);
  expect(plan.guards.filter(({ verdict }) => verdict === 'block')).toEqual([]);
  await writeWeights(cluster.peers, 70, 30);
}, 300_000);

test('a token that stands in the kubeconfig itself is read anew when the context is opened again', async () => {
  const token = await tokenFor(15);
  await cluster.addContext('written', { token });
  await using console = await openConsole(cluster.peers);
  const { id } = await console.open('written', {}, isOpen);
  const seen = await console.paymentSplit();
  await expiry(token);
  await expect(console.plan([80, 20], seen)).rejects.toThrow(refusedWords);

  await cluster.addContext('written', { token: await tokenFor(600) });
  await console.client.connections.close({ id });
  await console.open('written', {}, isOpen);
  const plan = await console.plan([80, 20]);
  expect(plan.guards.filter(({ verdict }) => verdict === 'block')).toEqual([]);
}, 240_000);
