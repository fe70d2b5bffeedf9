import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertmanager } from '../../shared/connectors/alertmanager/connector.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import type { Silence } from '../../shared/model/operation.ts';
import { answer, startAlertmanager } from '../../shared/rehearsal/alertmanager/server.ts';
import { createAlertmanagerState } from '../../shared/rehearsal/alertmanager/state.ts';
import { type Answered, serve } from '../../shared/rehearsal/spring/server.ts';
import { alertsConformance, controlOf, is, like, silenceOf, stamped } from './alerts.ts';
import { hostOf } from './cluster.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';
import { changeOf, signal } from './weights.ts';

let server: Awaited<ReturnType<typeof startAlertmanager>>;
beforeAll(async () => {
  server = await startAlertmanager(createAlertmanagerState(Date.now));
});
afterAll(() => server[Symbol.asyncDispose]());
const address = (): string => `http://127.0.0.1:${server.port}`;

alertsConformance('the rehearsal’s Alertmanager', () => Promise.resolve({ address: address() }));

test.each([
  ['alertmanager-main', {}],
  ['am', { 'app.kubernetes.io/name': 'alertmanager' }],
])('the Service %s of a cluster leads to it through the API server', async (name, labels) => {
  await using cluster = await startSimulatedCluster({
    proxies: ({ service }) => (service === name ? address() : undefined),
  });
  cluster.store.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: cluster.namespace, labels },
    spec: {
      selector: { app: 'am' },
      ports: [
        { name: 'reloader-web', port: 8080 },
        { name: 'web', port: 9093 },
      ],
    },
  });
  await using root = await kubernetes.open(cluster.settingsFor('admin'), hostOf());
  const found = await root.offers?.find(AbortSignal.timeout(10_000));
  const offer = found?.offers.find(({ connector }) => connector === 'alertmanager');
  if (offer === undefined) throw new Error(`none was offered: ${JSON.stringify(found?.absent)}`);
  await using session = await alertmanager.open(
    alertmanager.settings.parse(offer.settings),
    hostOf(offer.lent),
  );
  expect(session.server).toMatch(/through the API server, service .*:9093/);
  expect((await session.alerts?.read(AbortSignal.timeout(10_000)))?.problems).toEqual([]);
});

test('a cluster without one says nothing of it, and something else under its name is not taken for it', async () => {
  await using page = await serve(() => ({ status: 200, text: '<html>hello</html>' }));
  const find = async (proxied: boolean) => {
    await using cluster = await startSimulatedCluster({
      proxies: () => (proxied ? `http://127.0.0.1:${page.port}` : undefined),
    });
    if (proxied)
      cluster.store.put({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'alertmanager', namespace: cluster.namespace },
        spec: { selector: { app: 'am' }, ports: [{ port: 9093 }] },
      });
    await using root = await kubernetes.open(cluster.settingsFor('admin'), hostOf());
    const found = await root.offers?.find(AbortSignal.timeout(10_000));
    return {
      offers: found?.offers.filter(({ connector }) => connector === 'alertmanager'),
      absent: found?.absent
        .filter(({ connector }) => connector === 'alertmanager')
        .map(({ detail }) => detail),
    };
  };
  expect(await find(false)).toEqual({ offers: [], absent: [] });
  expect(await find(true)).toEqual({ offers: [], absent: [expect.stringMatching(/is no Alertmanager/)] });
});

test('hostile texts are bounded, and no alert is left out of what plans and proofs work on', async () => {
  const state = createAlertmanagerState(Date.now);
  await using hostile = await startAlertmanager(state);
  state.post(
    Array.from({ length: 600 }, (_, index) => ({
      labels: { alertname: 'x'.repeat(5_000), number: String(index), ['__proto__']: 'p' },
      annotations: { summary: 's'.repeat(9_000), runbook_url: `https://user:pw@example.com/${index}` },
    })),
  );
  await using session = await openAt(hostile.port);
  const read = await session.alerts?.read(signal);
  expect([read?.alerts.length, read?.problems]).toEqual([600, []]);
  const [first] = read?.alerts ?? [];
  expect([first?.name.length, first?.summary?.length, first?.runbook]).toEqual([500, 300, null]);
  expect(first?.cutLabels).toEqual(['alertname']);
  const plan = await controlOf(session).plan(silenceOf([like('number', '.+')]), signal);
  expect(plan.expectation).toMatchObject({ alerts: { length: 600 } });
  expect(plan.guards.map(({ title }) => title).join(' ')).toMatch(/silences 600 alerts/);
});

test.each<[string, Answered]>([
  ['an API server', { status: 404, body: { kind: 'Status', message: 'services "am" not found', code: 404 } }],
  ['a proxy', { status: 404, text: '' }],
])('a 404 of %s is no word of Alertmanager on its silences', async (_who, notFound) => {
  const state = createAlertmanagerState(Date.now);
  let hides: 'nothing' | 'the silence' | 'all' = 'nothing';
  await using front = await serve((asked) => {
    const isOne = asked.path.startsWith('/api/v2/silence/');
    return hides === 'all' || (hides === 'the silence' && isOne) ? notFound : answer(asked, state);
  });
  await using session = await openAt(front.port);
  const control = controlOf(session);
  const operation = silenceOf([is('alertname', 'CallsFail')]);
  const { write, written } = await silenced(control, operation);
  hides = 'the silence';
  expect(await control.verify(written, signal)).toMatchObject({ state: 'after' });
  hides = 'all';
  await expect(control.verify(written, signal)).rejects.toMatchObject({ kind: 'notFound' });
  await expect(control.planUndo(operation, [written], signal)).rejects.toMatchObject({ kind: 'notFound' });
  hides = 'nothing';
  const gone = { ...written.document, uid: '00000000-0000-4000-8000-000000000000' };
  expect(await control.verify({ ...changeOf(write), document: gone }, signal)).toMatchObject({
    state: 'before',
    detail: 'Alertmanager has no such silence.',
  });
});

test('a silence whose answer was lost and that is over before it is read was written all the same', async () => {
  const state = createAlertmanagerState(Date.now);
  await using server = await startAlertmanager(state);
  await using session = await openAt(server.port);
  const control = controlOf(session);
  const { write, written } = await silenced(control, silenceOf([is('alertname', 'CallsFail')]));
  state.expire(written.document.uid);
  expect(await control.verify(changeOf(write), signal)).toMatchObject({
    state: 'after',
    revision: written.document.uid,
  });
  // Known by its id, its end is what became of it since.
  expect(await control.verify(written, signal)).toMatchObject({ state: 'before' });
});

async function silenced(control: ReturnType<typeof controlOf>, operation: Silence) {
  const write = stamped(control, await control.plan(operation, signal));
  const { revisions } = await control.apply(write, signal);
  const change = changeOf(write);
  return { write, written: { ...change, document: revisions[0]?.document ?? change.document } };
}

const openAt = (port: number) =>
  alertmanager.open(alertmanager.settings.parse({ address: `http://127.0.0.1:${port}` }), hostOf());
