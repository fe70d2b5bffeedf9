import { expect, test } from 'vitest';
import type { LogLine } from './logs.ts';
import { startTestCluster, type TestCluster } from './testCluster.ts';

const start = Date.parse('2026-11-22T10:00:00Z');
const written: readonly LogLine[] = ['one', 'two', 'three'].map((text, index) => ({
  at: start + index * 1000,
  text,
}));

async function clusterWithLog(next?: AsyncIterable<LogLine>): Promise<TestCluster> {
  const cluster = await startTestCluster({
    now: () => start + 2500,
    podLogs: () => (next === undefined ? { written } : { written, next: () => next }),
  });
  const containers = [{ name: 'app' }, { name: 'proxy' }];
  cluster.store.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop' },
    spec: { containers },
  });
  return cluster;
}

const log = '/api/v1/namespaces/shop/pods/p/log?container=app';

test.each([
  ['', 'one\ntwo\nthree\n'],
  ['&tailLines=1', 'three\n'],
  ['&tailLines=0', ''],
  ['&sinceSeconds=1', 'three\n'],
  ['&sinceTime=2026-11-22T10:00:01Z', 'two\nthree\n'],
  ['&limitBytes=5', 'one\nt'],
  ['&tailLines=1&timestamps=true', '2026-11-22T10:00:02.000000000Z three\n'],
])('a log is read with "%s"', async (query, expected) => {
  await using cluster = await clusterWithLog();
  expect(await (await cluster.ask(`${log}${query}`)).text()).toBe(expected);
});

test('a log that is followed goes on with what is written later', async () => {
  async function* later(): AsyncGenerator<LogLine> {
    yield { at: start + 3000, text: 'four' };
  }
  await using cluster = await clusterWithLog(later());
  expect(await (await cluster.ask(`${log}&follow=true&tailLines=1`)).text()).toBe('three\nfour\n');
});

test('a container must be named where there are two, and must exist', async () => {
  await using cluster = await clusterWithLog();
  for (const query of ['', '?container=nothing']) {
    const response = await cluster.ask(`/api/v1/namespaces/shop/pods/p/log${query}`);
    expect(response.status).toBe(400);
  }
});

test('a container that has not started has no log, and one that was restarted has', async () => {
  await using cluster = await clusterWithLog();
  const pod = cluster.store.get('pods', 'shop', 'p');
  const told = (restartCount: number) => {
    if (pod === undefined) throw new Error('no pod');
    const state = { waiting: { reason: 'ContainerCreating' } };
    cluster.store.put({ ...pod, status: { containerStatuses: [{ name: 'app', restartCount, state }] } });
  };
  told(0);
  const refused = await cluster.ask(log);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    reason: 'BadRequest',
    message: 'container "app" in pod "p" is waiting to start: ContainerCreating',
  });
  told(1);
  expect((await cluster.ask(log)).status).toBe(200);
});
