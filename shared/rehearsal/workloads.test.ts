import { expect, test } from 'vitest';
import { createShop } from './fleet/shop.ts';
import type { KubeObject } from './kube/store.ts';
import { valuesAt } from './prometheus/testSamples.ts';
import { createRehearsal, type Rehearsal, type RehearsalOptions } from './rehearsal.ts';
import { createShopScript } from './script.ts';
import { fieldsAt, listAt, type Fields } from './traffic/reading.ts';

const opensAt = 1_800_000_000_000;

interface Opened {
  readonly shop: Rehearsal;
  now(): number;
  pass(seconds: number): void;
  /** Requests that each pod of a service answered in the last seconds. */
  answered(service: string, seconds: number): Readonly<Record<string, number>>;
  workload(name: string): KubeObject;
  change(name: string, spec: Fields): void;
}

function openShop(options: Pick<RehearsalOptions, 'script'> = {}): Opened {
  let now = opensAt;
  const shop = createRehearsal({
    fleet: createShop(now),
    seed: 7,
    now: () => now,
    historyMs: 30_000,
    scrapeMs: 5_000,
    keep: 100,
    ...options,
  });
  const workload = (name: string): KubeObject => {
    const found = shop.store.get('deployments', 'shop', name);
    if (found === undefined) throw new Error(`the shop has no ${name}`);
    return found;
  };
  return {
    shop,
    now: () => now,
    workload,
    pass(seconds) {
      for (let passed = 0; passed < seconds * 2; passed += 1) shop.advance((now += 500));
    },
    answered: (service, seconds) =>
      valuesAt(
        shop.samples,
        `sum by (pod) (increase(istio_requests_total{reporter="destination",destination_canonical_service="${service}"}[${seconds}s]))`,
        now / 1000,
      ),
    change(name, spec) {
      const current = workload(name);
      shop.store.put({ ...current, spec: { ...fieldsAt(current, 'spec'), ...spec } }, { manager: 'kubectl' });
    },
  };
}

const podsOf = ({ shop }: Opened, app: string): readonly string[] =>
  shop.store
    .list('pods', 'shop')
    .filter(({ metadata }) => metadata.labels?.['app'] === app && metadata['deletionTimestamp'] === undefined)
    .map(({ metadata }) => metadata.name);

const annotated = (object: KubeObject, annotations: Readonly<Record<string, string>>): Fields => {
  const template = fieldsAt(object, 'spec', 'template');
  return { template: { ...template, metadata: { ...fieldsAt(template, 'metadata'), annotations } } };
};

test('a shop that nobody touches is left as it is by its controllers', () => {
  const opened = openShop();
  const touched = new Set<string>();
  opened.shop.store.subscribe(({ resource }) => void touched.add(resource));
  opened.pass(60);
  expect([...touched]).toEqual([]);
  opened.shop.close();
});

test('a restart exchanges the instances while requests go on being answered by those that are ready', () => {
  const opened = openShop();
  const before = podsOf(opened, 'order');
  opened.change('order', annotated(opened.workload('order'), { 'kubectl.kubernetes.io/restartedAt': 'now' }));
  opened.pass(60);
  const after = podsOf(opened, 'order');
  expect(after).toHaveLength(6);
  expect(after.filter((name) => before.includes(name))).toEqual([]);
  opened.pass(30);
  const answered = opened.answered('order', 20);
  const busy = Object.keys(answered).filter((pod) => (answered[pod] ?? 0) > 0);
  expect(busy.toSorted()).toEqual([...after].toSorted());
  const failing = valuesAt(
    opened.shop.samples,
    'sum(increase(istio_requests_total{reporter="source",destination_service_name="order",response_code=~"5.."}[90s])) / sum(increase(istio_requests_total{reporter="source",destination_service_name="order"}[90s]))',
    (opensAt + 90_000) / 1000,
  );
  expect(failing[''] ?? 0).toBeLessThan(0.02);
  opened.shop.close();
});

test('an instance that is taken out gets no more requests, and the one in its place does', () => {
  const opened = openShop();
  const [name = ''] = podsOf(opened, 'refunds');
  const pod = opened.shop.store.get('pods', 'shop', name);
  if (pod === undefined) throw new Error('refunds has no pod');
  const labels = { ...pod.metadata.labels, app: 'refunds-drained' };
  opened.shop.store.put({ ...pod, metadata: { ...pod.metadata, labels } });
  opened.pass(40);
  const answered = opened.answered('refunds', 20);
  expect(answered[name] ?? 0).toBe(0);
  const present = podsOf(opened, 'refunds');
  expect(present).toHaveLength(2);
  for (const other of present) expect(answered[other] ?? 0).toBeGreaterThan(0);
  opened.shop.close();
});

test('a release that never gets ready takes no traffic and is told within the minute', () => {
  const opened = openShop();
  const template = fieldsAt(opened.workload('payment-v2'), 'spec', 'template');
  const [first, ...others] = listAt(template, 'spec', 'containers');
  const containers = [{ ...fieldsAt(first), image: 'shop/payment:broken' }, ...others];
  opened.change('payment-v2', {
    template: { ...template, spec: { ...fieldsAt(template, 'spec'), containers } },
  });
  opened.pass(75);
  const reasons = listAt(opened.workload('payment-v2'), 'status', 'conditions').map(
    (one) => fieldsAt(one)['reason'],
  );
  expect(reasons).toContain('ProgressDeadlineExceeded');
  const answered = opened.answered('payment', 20);
  const v2 = Object.entries(answered).filter(([pod, count]) => pod.startsWith('payment-v2') && count > 0);
  expect(v2.length).toBe(2);
  opened.shop.close();
});

test('the catalog’s autoscaler puts its number back, and its reloader restarts it for a new configuration', () => {
  const opened = openShop();
  opened.change('catalog', { replicas: 7 });
  opened.pass(30);
  expect(fieldsAt(opened.workload('catalog'), 'spec')['replicas']).toBe(4);
  const settings = opened.shop.store.get('configmaps', 'shop', 'catalog-settings');
  if (settings === undefined) throw new Error('the catalog has no settings');
  const before = podsOf(opened, 'catalog');
  opened.shop.store.put({ ...settings, data: { 'catalog.properties': 'page.size=24\n' } });
  opened.pass(60);
  const after = podsOf(opened, 'catalog');
  expect(after).toHaveLength(4);
  expect(after.filter((name) => before.includes(name))).toEqual([]);
  opened.shop.close();
});

test('every configuration that the shop’s programs ask for is there', () => {
  const opened = openShop();
  const named = new Set<string>();
  for (const deployment of opened.shop.store.list('deployments')) {
    const { namespace = '' } = deployment.metadata;
    const text = JSON.stringify(fieldsAt(deployment, 'spec', 'template', 'spec'));
    for (const [, name = ''] of text.matchAll(
      /"(?:configMap\w*|secret\w*)":\{"(?:defaultMode":420,")?(?:name|secretName)":"([^"]+)"/g,
    ))
      named.add(`${namespace}/${name}`);
  }
  const present = ['configmaps', 'secrets']
    .flatMap((resource) => opened.shop.store.list(resource))
    .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  expect(named.size).toBeGreaterThan(10);
  expect([...named].filter((one) => !present.includes(one))).toEqual(['shop/recommend-overrides']);
  opened.shop.close();
});

test('a larger pool towards the bank heals payment v2, and only once its instances were started anew', () => {
  const opened = openShop({ script: createShopScript });
  const failing = (): number => {
    const v2 = 'reporter="destination",destination_workload="payment-v2"';
    const asked = (more: string) => `sum(rate(istio_requests_total{${v2}${more}}[30s]))`;
    const query = `${asked(',response_code=~"5.."')} / ${asked('')}`;
    return valuesAt(opened.shop.samples, query, opened.now() / 1000)[''] ?? 0;
  };
  opened.pass(60);
  expect(failing()).toBeGreaterThan(0.06);
  const settings = opened.shop.store.get('configmaps', 'shop', 'payment-settings');
  if (settings === undefined) throw new Error('payment has no settings');
  opened.shop.store.put({
    ...settings,
    data: { ...fieldsAt(settings, 'data'), BANK_POOL_SIZE: '16' },
  });
  opened.pass(90);
  expect(failing()).toBeGreaterThan(0.06);
  const restarted = { 'kubectl.kubernetes.io/restartedAt': 'now' };
  opened.change('payment-v2', annotated(opened.workload('payment-v2'), restarted));
  opened.pass(90);
  expect(failing()).toBeLessThan(0.02);
  opened.shop.close();
});
