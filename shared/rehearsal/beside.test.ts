import { afterAll, beforeAll, expect, it } from 'vitest';
import { familiesOf } from './families.ts';
import { withAccounts } from './fleet/accounts.ts';
import { withSearch } from './fleet/search.ts';
import { createShop } from './fleet/shop.ts';
import { writeExposition } from './prometheus/exposition.ts';
import { valuesAt } from './prometheus/testSamples.ts';
import { createRehearsal, type Rehearsal } from './rehearsal.ts';
import { fieldsAt, listAt } from './traffic/reading.ts';

const opensAt = 1_800_000_000_000;
let now = opensAt;
let shop: Rehearsal;

beforeAll(() => {
  shop = createRehearsal({
    fleet: withAccounts(withSearch(createShop(opensAt), opensAt), opensAt),
    seed: 3,
    now: () => now,
    historyMs: 6 * 60_000,
    scrapeMs: 5_000,
    keep: 1_440,
  });
});
afterAll(() => shop.close());

const ask = (query: string): Record<string, number> => valuesAt(shop.samples, query, now / 1000);
const pass = (seconds: number): void => {
  for (let passed = 0; passed < seconds * 2; passed += 1) shop.advance((now += 500));
};
const calls = (labels: string): string => `rate(traces_service_graph_request_total{${labels}}[2m])`;

it('counts the calls of programs without a mesh where traces and the ingress controller do, and nowhere else', () => {
  const rates = ask(`sum by (server) (${calls('client="portal",server_k8s_namespace_name="accounts"')})`);
  expect(rates['billing']).toBeGreaterThan(3.5);
  expect(rates['billing']).toBeLessThan(6.5);
  expect(rates['debtors']).toBeGreaterThan(rates['billing'] ?? Infinity);
  const portal =
    'nginx_ingress_controller_requests{controller_namespace="accounts",exported_service="portal",status="200"}';
  const entered = ask(`sum by (exported_service) (rate(${portal}[2m]))`);
  expect(entered['portal']).toBeGreaterThan(6.5);
  expect(entered['portal']).toBeLessThan(9.5);
  expect(ask(calls('client="ingress-nginx-controller"')), 'the controller is not traced').toEqual({});
  for (const side of ['source', 'destination'])
    expect(ask(`count by (reporter) (istio_requests_total{${side}_workload_namespace="accounts"})`)).toEqual(
      {},
    );
});

it('tells how long such calls took in buckets of seconds', () => {
  const slowest = ask(
    'histogram_quantile(0.99, sum by (le, server) (rate(traces_service_graph_request_server_seconds_bucket[2m])))',
  );
  expect(slowest['tax-rates']).toBeLessThan(0.05);
  expect(slowest['billing']).toBeGreaterThan(0.05);
  expect(slowest['billing']).toBeLessThan(0.5);
});

it('writes them in the text format too, each with its type', () => {
  const text = writeExposition(familiesOf(shop.traffic));
  expect(text).toContain('# TYPE traces_service_graph_request_total counter');
  expect(text).toContain('# TYPE traces_service_graph_request_server_seconds histogram');
  expect(text).toMatch(
    /^nginx_ingress_controller_request_duration_seconds_bucket\{[^}]*le="\+Inf"[^}]*\} \d/m,
  );
  expect(text).not.toContain('source_workload_namespace="accounts"');
});

it('tells nothing of the namespace that nobody watches', () => {
  expect(shop.store.list('pods', 'archive').length).toBe(2);
  const anywhere = ['client', 'server'].map((end) => ask(`${calls(`${end}_k8s_namespace_name="archive"`)}`));
  expect(anywhere).toEqual([{}, {}]);
});

it('sends no call of theirs where a route of the mesh says: nothing follows it there', () => {
  shop.store.put({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'billing', namespace: 'accounts' },
    spec: { hosts: ['billing'], http: [{ directResponse: { status: 503 } }] },
  });
  pass(60);
  expect(ask(`sum by (server) (${calls('client="portal",server="billing"')})`)['billing']).toBeGreaterThan(
    3.5,
  );
  expect(
    ask('sum by (server) (rate(traces_service_graph_request_failed_total{server="billing"}[1m]))')['billing'],
  ).toBeLessThan(0.2);
});

it('divides search by its HTTPRoute, whose controller says what it thinks of it', () => {
  const read = () => shop.store.get('httproutes', 'storefront', 'search');
  const conditions = listAt(listAt(read(), 'status', 'parents')[0], 'conditions').map((one) => fieldsAt(one));
  expect(conditions.map(({ type, status }) => [type, status])).toEqual([
    ['Accepted', 'True'],
    ['ResolvedRefs', 'True'],
  ]);
  const canaryShare = (): number => {
    const of = ask(
      'sum by (destination_service_name) (increase(istio_requests_total{reporter="source",destination_service_namespace="storefront"}[1m]))',
    );
    return (of['search-canary'] ?? 0) / ((of['search'] ?? 0) + (of['search-canary'] ?? 0));
  };
  expect(canaryShare()).toBeGreaterThan(0.05);
  expect(canaryShare()).toBeLessThan(0.15);
  const route = read();
  if (route === undefined) throw new Error('there is no route');
  const rule = fieldsAt(listAt(route, 'spec', 'rules')[0]);
  const backendRefs = listAt(rule, 'backendRefs').map((one) => ({ ...fieldsAt(one), weight: 50 }));
  shop.store.put({ ...route, spec: { ...fieldsAt(route, 'spec'), rules: [{ ...rule, backendRefs }] } });
  pass(75);
  expect(canaryShare()).toBeGreaterThan(0.42);
  expect(canaryShare()).toBeLessThan(0.58);
});
