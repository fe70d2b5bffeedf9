import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertmanager } from '../../shared/connectors/alertmanager/connector.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { startAlertmanager } from '../../shared/rehearsal/alertmanager/server.ts';
import { createAlertmanagerState } from '../../shared/rehearsal/alertmanager/state.ts';
import { serve } from '../../shared/rehearsal/spring/server.ts';
import { alertsConformance } from './alerts.ts';
import { hostOf } from './cluster.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';

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

test('hostile texts are bounded, and more alerts than anybody reads are counted', async () => {
  const state = createAlertmanagerState(Date.now);
  await using hostile = await startAlertmanager(state);
  state.post(
    Array.from({ length: 600 }, (_, index) => ({
      labels: { alertname: 'x'.repeat(5_000), number: String(index), ['__proto__']: 'p' },
      annotations: { summary: 's'.repeat(9_000), runbook_url: `https://user:pw@example.com/${index}` },
    })),
  );
  const settings = alertmanager.settings.parse({ address: `http://127.0.0.1:${hostile.port}` });
  await using session = await alertmanager.open(settings, hostOf());
  const read = await session.alerts?.read(AbortSignal.timeout(10_000));
  expect(read?.alerts).toHaveLength(500);
  expect(read?.problems).toEqual(['100 more alerts are not shown; those that fire come first.']);
  const [first] = read?.alerts ?? [];
  expect([first?.name.length, first?.summary?.length, first?.runbook]).toEqual([500, 300, null]);
});
