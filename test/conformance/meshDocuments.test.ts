import { expect, test } from 'vitest';
import type { KubeInput } from '../../shared/rehearsal/kube/store.ts';
import { createPayment, openCluster, until } from './cluster.ts';
import { startSimulatedCluster } from './simulatedCluster.ts';
import { sharesOf, signal, weightsOf } from './weights.ts';

const mesh = (kind: string, name: string, spec: object, namespace = 'shop'): KubeInput => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace },
  spec,
});
const to = (subset: string, weight?: number, host = 'payment') => ({
  destination: { host, subset },
  ...(weight === undefined ? {} : { weight }),
});

/** The findings on payment's documents once these are in the cluster, by rule, with the line of the text they point to. */
async function findings(
  ...documents: readonly KubeInput[]
): Promise<Map<string, { text: string; line: string | null }>> {
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  for (const document of documents) cluster.store.put(document);
  await using open = await openCluster(cluster.settings);
  const key = { namespace: 'shop', name: 'payment', hosts: ['payment.shop.svc.cluster.local'] };
  const read = (await open.mesh.documents?.read(key, signal)) ?? [];
  for (const { yaml } of read) expect(yaml).not.toContain('managedFields');
  return new Map(
    read.flatMap(({ yaml, findings: found }) =>
      found.map(
        ({ rule, text, line }) =>
          [rule, { text, line: line === null ? null : (yaml.split('\n')[line - 1] ?? null) }] as const,
      ),
    ),
  );
}

test('documents that are as they should be have no findings', async () => {
  expect([...(await findings())]).toEqual([]);
});

test('what is wrong in a route is found, with the line it is on', async () => {
  const found = await findings(
    mesh('VirtualService', 'payment', {
      hosts: ['payment'],
      gateways: ['mesh', 'nowhere'],
      http: [
        {
          name: 'a',
          route: [to('v1', 3), to('v3', 1)],
          fault: { abort: { httpStatus: 503 } },
          timeout: '1s',
        },
        { name: 'b', route: [to('v1', 0), to('v2', 0)] },
        { name: 'c', route: [to('v1', 90), to('x', 10, 'absent')] },
        { name: 'd', route: [to('v1', 100), to('v2')] },
      ],
    }),
  );
  expect(found.get('missing-subset')).toMatchObject({
    text: expect.stringMatching(/Subset v3 .*25 % of its calls fail/) as unknown,
    line: expect.stringMatching(/subset: v3/) as unknown,
  });
  expect(found.get('weights-relative')?.text).toMatch(/add up to 4.*75 % \/ 25 %/);
  expect(found.get('weights-zero')?.text).toMatch(/All weights are zero/);
  expect(found.get('unknown-host')).toMatchObject({
    text: expect.stringMatching(/absent.shop.svc.cluster.local: 10 % of its calls/) as unknown,
    line: expect.stringMatching(/host: absent/) as unknown,
  });
  expect(found.get('weight-missing')?.text).toMatch(/without a weight/);
  expect(found.get('fault-injected')?.text).toMatch(/switches off its timeout/);
  expect(found.get('route-never-taken')?.text).toMatch(/never reached/);
  expect(found.get('unknown-gateway')?.text).toMatch(/shop\/nowhere/);
});

test('two documents for one host, and limits that are none, are found', async () => {
  const found = await findings(
    mesh('VirtualService', 'payment-too', {
      hosts: ['payment.shop.svc.cluster.local'],
      http: [{ route: [to('v1')] }],
    }),
    mesh('DestinationRule', 'payment-too', {
      host: 'payment',
      trafficPolicy: { connectionPool: { http: { http2MaxRequests: 0 } } },
    }),
  );
  expect(found.get('two-virtual-services')?.text).toMatch(/shop\/payment/);
  expect(found.get('two-destination-rules')?.text).toMatch(/shop\/payment/);
  expect(found.get('zero-is-unlimited')).toMatchObject({
    line: expect.stringMatching(/http2MaxRequests: 0/) as unknown,
  });
});

test('what protects calls is read from routes and rules, and zero protects nothing', async () => {
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  cluster.store.put(
    mesh('DestinationRule', 'payment', {
      host: 'payment',
      trafficPolicy: {
        connectionPool: { tcp: { maxConnections: 0 }, http: { http2MaxRequests: 32 } },
        outlierDetection: { consecutive5xxErrors: 7, maxEjectionPercent: 0 },
      },
      subsets: [
        { name: 'v1', labels: { version: 'v1' } },
        { name: 'v2', labels: { version: 'v2' } },
      ],
    }),
  );
  await using open = await openCluster(cluster.settings);
  const control = weightsOf(open.mesh);
  await until(
    (stop) => control.watch(stop, () => undefined),
    (all) => all.length > 0,
  );
  const protections = open.mesh.protections?.declared().get('payment.shop.svc.cluster.local') ?? [];
  expect(protections.map((one) => [one.kind, one.text])).toEqual([
    ['timeout', '2 s'],
    ['retry', '2 retries, 500 ms each'],
    ['limit', 'at most 32 requests at once, per calling proxy'],
    ['ejection', 'an instance is left out for 30 s after 7 errors in a row, at most 10 % of them'],
  ]);
  expect(protections[0]?.evidence).toBe('VirtualService shop/payment, route “refunds”');
});

test('counts that two routes share are said to be ambiguous, and two documents for a host want a tick', async () => {
  await using cluster = await startSimulatedCluster();
  await createPayment(cluster);
  await using open = await openCluster(cluster.settings);
  const control = weightsOf(open.mesh);
  cluster.store.put(
    mesh('VirtualService', 'payment-too', { hosts: ['payment'], http: [{ route: [to('v2')] }] }),
  );
  const all = await until(
    (stop) => control.watch(stop, () => undefined),
    (splits) => splits.some((one) => one.document.name === 'payment-too'),
  );
  const split = all.find((one) => one.document.name === 'payment' && one.route.title === 'default');
  if (split === undefined) throw new Error('no split');
  const plan = await control.plan(
    {
      kind: 'setWeights',
      splitId: split.id,
      connectionId: 'conformance',
      weights: [95, 5],
      seen: { revision: split.revision, weights: [70, 30] },
    },
    signal,
  );
  expect(sharesOf(plan).ambiguous).toMatch(
    /Route “refunds” of the same document sends calls to payment v1 too/,
  );
  expect(plan.guards.find((one) => one.id === 'siblings')).toMatchObject({
    verdict: 'tick',
    title: expect.stringMatching(/payment-too/) as unknown,
  });
});
