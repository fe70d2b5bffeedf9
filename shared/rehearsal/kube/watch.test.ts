import { expect, test } from 'vitest';
import { linesOf, split, splits, startTestCluster, type TestCluster, type WatchLine } from './testCluster.ts';

async function open(cluster: TestCluster, query: string, path = splits): Promise<AsyncGenerator<WatchLine>> {
  const response = await cluster.ask(`${path}?watch=1&${query}`);
  expect(response.status).toBe(200);
  return linesOf(response);
}

async function next(lines: AsyncGenerator<WatchLine>): Promise<WatchLine> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error('the watch ended');
  return value;
}

const told = ({ type, object }: WatchLine): string => `${type} ${object.metadata.name ?? ''}`;

test('a watch from a revision tells what came after it, and nothing twice', async () => {
  await using cluster = await startTestCluster();
  const from = cluster.store.revision();
  cluster.store.put(split(60, 40));
  const lines = await open(cluster, `resourceVersion=${from}`);
  expect(told(await next(lines))).toBe('MODIFIED payment');
  cluster.store.put(split(1, 1, 'order'));
  expect(told(await next(lines))).toBe('ADDED order');
  cluster.store.remove('virtualservices', 'shop', 'order');
  const gone = await next(lines);
  expect(told(gone)).toBe('DELETED order');
  expect(gone.object.metadata.resourceVersion).toBe(String(cluster.store.revision()));
});

test.each(['', 'resourceVersion=0'])(
  'a watch without a past ("%s") begins with what is there',
  async (query) => {
    await using cluster = await startTestCluster();
    expect(told(await next(await open(cluster, query)))).toBe('ADDED payment');
  },
);

test('too old a revision is an ERROR event with 410 inside a stream that began with 200', async () => {
  await using cluster = await startTestCluster();
  const lines = await open(cluster, 'resourceVersion=1');
  const error = await next(lines);
  expect(error).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  expect(error.object.message).toBe(`too old resource version: 1 (${cluster.store.revision()})`);
  expect((await lines.next()).done).toBe(true);
});

test('the initial events end with a bookmark that says so', async () => {
  await using cluster = await startTestCluster();
  const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const lines = await open(cluster, query);
  expect(told(await next(lines))).toBe('ADDED payment');
  const bookmark = await next(lines);
  expect(bookmark.type).toBe('BOOKMARK');
  expect(bookmark.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  const refused = await cluster.ask(`${splits}?watch=1&sendInitialEvents=true`);
  expect(refused.status).toBe(422);
});

test('bookmarks come while nothing happens and carry the newest revision', async () => {
  await using cluster = await startTestCluster({ bookmarkEveryMs: 5 });
  const lines = await open(cluster, `resourceVersion=${cluster.store.revision()}&allowWatchBookmarks=true`);
  const { revision } = { revision: cluster.store.revision() };
  cluster.store.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other', namespace: 'shop' } });
  let bookmark = await next(lines);
  while (bookmark.object.metadata.resourceVersion === String(revision)) bookmark = await next(lines);
  expect(bookmark).toMatchObject({ type: 'BOOKMARK', object: { kind: 'VirtualService' } });
  expect(bookmark.object.metadata.resourceVersion).toBe(String(revision + 1));
});

test('timeoutSeconds ends a watch cleanly, after one more bookmark', async () => {
  await using cluster = await startTestCluster();
  const lines = await open(
    cluster,
    `resourceVersion=${cluster.store.revision()}&timeoutSeconds=3&allowWatchBookmarks=1`,
  );
  expect((await next(lines)).type).toBe('BOOKMARK');
  expect((await lines.next()).done).toBe(true);
});

test('an object that begins to match a selector is added, one that stops matching is deleted', async () => {
  await using cluster = await startTestCluster();
  const lines = await open(cluster, `resourceVersion=${cluster.store.revision()}&labelSelector=tier%3Dgold`);
  const labelled = (tier: string) => ({ ...split(), metadata: { ...split().metadata, labels: { tier } } });
  cluster.store.put(labelled('gold'));
  expect(told(await next(lines))).toBe('ADDED payment');
  cluster.store.put(labelled('silver'));
  const gone = await next(lines);
  expect(told(gone)).toBe('DELETED payment');
  expect(gone.object.metadata.labels).toEqual({ tier: 'gold' });
});

test('a watch of one name or one namespace hears nothing else', async () => {
  await using cluster = await startTestCluster();
  const from = `resourceVersion=${cluster.store.revision()}`;
  const named = await open(cluster, `${from}&fieldSelector=metadata.name%3Dorder`);
  const other = await open(cluster, from, splits.replace('shop', 'bank'));
  cluster.store.put(split(60, 40));
  cluster.store.put(split(1, 1, 'order'));
  cluster.store.put({ ...split(1, 1, 'ledger'), metadata: { name: 'ledger', namespace: 'bank' } });
  expect(told(await next(named))).toBe('ADDED order');
  expect(told(await next(other))).toBe('ADDED ledger');
});

test('a watch that nobody reads any more is given up', async () => {
  await using cluster = await startTestCluster();
  const gone = new AbortController();
  await cluster.ask(`${splits}?watch=1`, { signal: gone.signal });
  expect(cluster.server.faults.openWatches.size).toBe(1);
  gone.abort();
  await expect.poll(() => cluster.server.faults.openWatches.size).toBe(0);
});
