import { expect, test } from 'vitest';
import { split, splits, startTestCluster, type TestCluster } from './testCluster.ts';

interface Listed {
  readonly kind: string;
  readonly items: readonly { kind?: string; metadata: { name: string }; spec?: unknown }[];
  readonly metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

const listed = async (cluster: TestCluster, path: string, init?: RequestInit): Promise<Listed> =>
  (await (await cluster.ask(path, init)).json()) as Listed;
const namesOf = (list: Listed): string[] => list.items.map((item) => item.metadata.name);

async function clusterOfFive(): Promise<TestCluster> {
  const cluster = await startTestCluster();
  for (const name of ['alpha', 'beta', 'gamma', 'delta']) cluster.store.put(split(50, 50, name));
  return cluster;
}

test('pages show one moment, whatever is written between them', async () => {
  await using cluster = await clusterOfFive();
  const first = await listed(cluster, `${splits}?limit=2`);
  expect(namesOf(first)).toEqual(['alpha', 'beta']);
  expect(first.metadata.remainingItemCount).toBe(3);
  cluster.store.remove('virtualservices', 'shop', 'delta');
  cluster.store.put(split(1, 1, 'epsilon'));
  const next = await listed(cluster, `${splits}?limit=5&continue=${first.metadata.continue}`);
  expect(namesOf(next)).toEqual(['delta', 'gamma', 'payment']);
  expect(next.metadata.continue).toBe('');
  expect(next.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
});

test('a page whose moment is forgotten is 410, with a token to go on inconsistently', async () => {
  await using cluster = await clusterOfFive();
  const first = await listed(cluster, `${splits}?limit=2`);
  cluster.store.put(split(1, 1, 'epsilon'));
  cluster.store.compact();
  const gone = await cluster.ask(`${splits}?limit=2&continue=${first.metadata.continue}`);
  expect(gone.status).toBe(410);
  const status = (await gone.json()) as Listed & { reason: string };
  expect(status.reason).toBe('Expired');
  const rest = await listed(cluster, `${splits}?continue=${status.metadata.continue}`);
  expect(namesOf(rest)).toEqual(['delta', 'epsilon', 'gamma', 'payment']);
});

test('a token that is none is 400', async () => {
  await using cluster = await clusterOfFive();
  const response = await cluster.ask(`${splits}?limit=2&continue=garbage`);
  expect([response.status, await response.json()]).toMatchObject([400, { reason: 'BadRequest' }]);
});

test('with a selector the server does not say how many remain', async () => {
  await using cluster = await clusterOfFive();
  const first = await listed(cluster, `${splits}?limit=1&labelSelector=app+in+(alpha,gamma)`);
  expect(namesOf(first)).toEqual(['alpha']);
  expect(first.metadata.continue).toBeTruthy();
  expect(first.metadata.remainingItemCount).toBeUndefined();
});

test('lists can be narrowed by name, by namespace and by involved object', async () => {
  await using cluster = await clusterOfFive();
  const all = '/apis/networking.istio.io/v1/virtualservices';
  expect(namesOf(await listed(cluster, `${all}?fieldSelector=metadata.name%3Dbeta`))).toEqual(['beta']);
  expect(namesOf(await listed(cluster, `${all}?fieldSelector=metadata.namespace%3Dbank`))).toEqual([]);
  for (const name of ['one', 'two']) {
    const metadata = { name, namespace: 'shop' };
    cluster.store.put({ apiVersion: 'v1', kind: 'Event', metadata, involvedObject: { kind: 'Pod', name } });
  }
  const events = await listed(cluster, '/api/v1/events?fieldSelector=involvedObject.name%3Dtwo');
  expect(namesOf(events)).toEqual(['two']);
  const refused = await cluster.ask(`${all}?fieldSelector=spec.hosts%3Da`);
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { message: 'field label not supported: spec.hosts' },
  ]);
});

test('metadata alone is given to a client that asks for no more', async () => {
  await using cluster = await clusterOfFive();
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const list = await listed(cluster, splits, { headers: { accept } });
  expect(list.kind).toBe('PartialObjectMetadataList');
  expect(list.items[0]).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'alpha' } });
  expect(list.items[0]?.spec).toBeUndefined();
});

test('items of built-in kinds do not say what they are, those of custom resources do', async () => {
  await using cluster = await clusterOfFive();
  expect((await listed(cluster, '/api/v1/namespaces/shop/services')).items[0]?.kind).toBeUndefined();
  expect((await listed(cluster, splits)).items[0]?.kind).toBe('VirtualService');
});

test('a revision that does not exist yet is a time-out that may be tried again', async () => {
  await using cluster = await clusterOfFive();
  const response = await cluster.ask(`${splits}?resourceVersion=999999`);
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({
    reason: 'Timeout',
    details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
  });
});

test('a large list comes packed to a client that takes gzip', async () => {
  await using cluster = await clusterOfFive();
  for (let index = 0; index < 400; index += 1) cluster.store.put(split(1, 1, `many-${index}`));
  const response = await cluster.ask(splits);
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(namesOf((await response.json()) as Listed)).toHaveLength(405);
});
