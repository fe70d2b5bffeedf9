import { expect, test } from 'vitest';
import type { FaultEffect } from './faults.ts';
import { linesOf, split, splits, startTestCluster } from './testCluster.ts';

test.each([409, 410, 422, 429, 500, 503])(
  'the next request can be answered with %i, and only that one',
  async (code) => {
    await using cluster = await startTestCluster();
    cluster.server.faults.add(
      { kind: 'answer', code, retryAfter: '99999999' },
      ({ verb }) => verb === 'list',
    );
    expect((await cluster.ask(`${splits}/payment`)).status).toBe(200);
    const refused = await cluster.ask(splits);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([code, '99999999']);
    expect(await refused.json()).toMatchObject({ kind: 'Status', code });
    expect((await cluster.ask(splits)).status).toBe(200);
  },
);

test('a write can be done and its answer lost', async () => {
  await using cluster = await startTestCluster();
  cluster.server.faults.add({ kind: 'dropAfterApply' }, ({ verb }) => verb === 'patch');
  const path = `${splits}/payment`;
  const headers = { 'content-type': 'application/merge-patch+json' };
  const lost = cluster.ask(path, { method: 'PATCH', headers, json: { spec: split(95, 5)['spec'] } });
  await expect(lost).rejects.toThrow();
  expect(cluster.store.get('virtualservices', 'shop', 'payment')?.['spec']).toEqual(split(95, 5)['spec']);
});

test('a captive portal answers 200 and HTML', async () => {
  await using cluster = await startTestCluster();
  cluster.server.faults.add({ kind: 'html' });
  const response = await cluster.ask(splits);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
});

test('an answer can break off in the middle of its JSON', async () => {
  await using cluster = await startTestCluster();
  cluster.server.faults.add({ kind: 'cutBody', afterBytes: 50, how: 'reset' });
  await expect(cluster.ask(splits).then((response) => response.text())).rejects.toThrow();
  cluster.server.faults.add({ kind: 'cutBody', afterBytes: 50, how: 'end' });
  expect(await (await cluster.ask(splits)).text()).toHaveLength(50);
});

test.each<FaultEffect>([{ kind: 'drip' }, { kind: 'crlf' }])(
  'a watch that suffers %j loses nothing',
  async (effect) => {
    await using cluster = await startTestCluster();
    cluster.store.put(split(1, 1, 'order'));
    cluster.server.faults.add(effect);
    const lines = linesOf(await cluster.ask(`${splits}?watch=1`));
    const names = [
      (await lines.next()).value?.object.metadata.name,
      (await lines.next()).value?.object.metadata.name,
    ];
    expect(names).toEqual(['order', 'payment']);
  },
);

test('a request can be taken and never answered', async () => {
  await using cluster = await startTestCluster();
  cluster.server.faults.add({ kind: 'stall' });
  const given = new AbortController();
  const asked = cluster.ask(splits, { signal: given.signal });
  await expect.poll(() => cluster.server.requests.length).toBe(1);
  given.abort();
  await expect(asked).rejects.toThrow();
});

test('a watch can be closed at once without a word, or with an error inside', async () => {
  await using cluster = await startTestCluster();
  cluster.server.faults.add({ kind: 'emptyWatch' });
  expect(await (await cluster.ask(`${splits}?watch=1`)).text()).toBe('');
  cluster.server.faults.add({ kind: 'watchError', code: 410 });
  const lines = linesOf(await cluster.ask(`${splits}?watch=1`));
  expect((await lines.next()).value).toMatchObject({ type: 'ERROR', object: { code: 410 } });
});

test('open watches can be ended, reset or ended with an error', async () => {
  await using cluster = await startTestCluster();
  const open = async () =>
    linesOf(await cluster.ask(`${splits}?watch=1&resourceVersion=${cluster.store.revision()}`));
  const ended = await open();
  expect(cluster.server.faults.cutWatches('end')).toBe(1);
  expect((await ended.next()).done).toBe(true);
  const broken = await open();
  cluster.server.faults.cutWatches('reset', ({ resource }) => resource === 'virtualservices');
  await expect(broken.next()).rejects.toThrow();
});

test('a silent watch says nothing any more, though the object changes', async () => {
  await using cluster = await startTestCluster({ bookmarkEveryMs: 1 });
  const from = cluster.store.revision();
  const query = `watch=1&resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=1`;
  const lines = linesOf(await cluster.ask(`${splits}?${query}`));
  const other = linesOf(await cluster.ask(`${splits}?watch=1&resourceVersion=${from}`));
  expect(cluster.server.faults.silenceWatches(() => true)).toBe(2);
  cluster.store.put(split(1, 99));
  const answering = linesOf(await cluster.ask(`${splits}?watch=1&resourceVersion=${from}`));
  expect((await answering.next()).value?.type).toBe('MODIFIED');
  const heard: string[] = [];
  const listen = async (): Promise<void> => {
    for await (const line of lines) if (line.type !== 'BOOKMARK') heard.push(line.type);
    heard.push('end');
  };
  void listen().catch(() => heard.push('broken'));
  void other.next().then(
    () => heard.push('other'),
    () => undefined,
  );
  // The time of the watch is over when a watch opened later with the same time ends; the silent one does not even end.
  for await (const _line of linesOf(await cluster.ask(`${splits}?watch=1&timeoutSeconds=1`)));
  expect(heard).toEqual([]);
});

test('faults can be taken back, and every request is counted', async () => {
  await using cluster = await startTestCluster();
  const takeBack = cluster.server.faults.add({ kind: 'answer', code: 500 }, undefined, 5);
  expect((await cluster.ask(splits)).status).toBe(500);
  takeBack();
  expect((await cluster.ask(splits)).status).toBe(200);
  cluster.server.faults.add({ kind: 'answer', code: 500 });
  cluster.server.faults.clear();
  expect((await cluster.ask(splits)).status).toBe(200);
  expect(cluster.server.requests.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual(
    Array.from({ length: 3 }, () => 'list virtualservices'),
  );
});
