import { expect, test } from 'vitest';
import { envoy } from '../../shared/connectors/envoy/connector.ts';
import type { KnownProxy } from '../../shared/connectors/kit/connector.ts';
import { hostOf } from './cluster.ts';
import { inMemory } from './envoyTrips.ts';
import { paymentClusters } from './simulatedEnvoy.ts';
import { quickClock } from './simulatedSpring.ts';
import { eventually } from './springShop.ts';
import { hold, isolationOf, tripOf } from './tripSteps.ts';
import { changeOf, signal } from './weights.ts';

/** Proxies in memory, with how often each was asked for its runtime and how many requests were under way at once. */
function proxiesOf(apps: readonly string[]) {
  let underWay = 0;
  const told = { most: 0, reads: new Map<string, number>() };
  const lent = apps.map((app, index): KnownProxy => {
    const instance = `${app}-${index}`;
    const values = new Map<string, string>();
    const answers: Readonly<Record<string, () => unknown>> = {
      '/server_info': () => ({
        version: 'x/1.40.0/Clean',
        state: 'LIVE',
        uptime_current_epoch: '500s',
        node: { id: `sidecar~10.0.0.1~${instance}.shop~shop.svc.cluster.local`, cluster: `${app}.shop` },
      }),
      '/runtime': () => {
        told.reads.set(instance, (told.reads.get(instance) ?? 0) + 1);
        return {
          layers: ['admin'],
          entries: Object.fromEntries([...values].map(([key, value]) => [key, { final_value: value }])),
        };
      },
      '/clusters': () => ({ cluster_statuses: paymentClusters.map((name) => ({ name })) }),
    };
    return {
      namespace: 'shop',
      instance,
      service: '',
      address: null,
      calls: [],
      reach: () => ({
        route: `to ${instance}`,
        async request({ path, body = '' }) {
          underWay += 1;
          told.most = Math.max(told.most, underWay);
          await new Promise((resolve) => setImmediate(resolve));
          underWay -= 1;
          for (const pair of body === '' ? [] : body.split('&')) {
            const [key = '', value = ''] = pair.split('=').map(decodeURIComponent);
            if (value === '') values.delete(key);
            else values.set(key, value);
          }
          const answer = answers[path.split('?')[0] ?? '']?.() ?? 'OK';
          return { status: 200, headers: {}, body: JSON.stringify(answer) };
        },
      }),
    };
  });
  return { told, lent };
}

const call = {
  calleeId: 'conformance/shop/payment',
  host: 'payment.shop.svc.cluster.local',
  caller: { id: 'conformance/shop/order', namespace: 'shop', name: 'order' },
};
const crowd = Array.from({ length: 40 }, () => 'stock');

test.each([
  ['that are asked about a change alone', true],
  ['of which there are too many to look at', false],
])('of proxies %s, a trip’s callers are asked while it is held, and no others', async (_which, onlyProof) => {
  const { lent, told } = proxiesOf(['order', ...crowd]);
  const settings = envoy.settings.parse({ addresses: [], onlyProof });
  await using session = await envoy.open(settings, hostOf({ proxies: () => lent }, quickClock));
  // Once at the start each of them says whose it is, a few at a time.
  await eventually(
    () => told.reads.size,
    (count) => count === lent.length,
  );
  expect(told.most).toBeLessThanOrEqual(16);
  const control = isolationOf(session);
  const operation = tripOf(call, inMemory);
  const plan = await control.plan(operation, signal);
  expect(plan.guards.find(({ id }) => id === 'proxies')?.title).toMatch(/^1 of 1 proxies of order/);
  const written = await hold(control, plan);
  const others = () => [...told.reads].filter(([instance]) => instance !== 'order-0');
  const known = others();
  const before = told.reads.get('order-0') ?? 0;
  await eventually(
    () => told.reads.get('order-0') ?? 0,
    (reads) => reads > before + 5,
  );
  const undo = await control.planUndo(operation, written.changes, signal);
  await control.apply(undo, signal);
  expect(await control.verify(changeOf(undo), signal)).toMatchObject({ state: 'after' });
  expect(others()).toEqual(known);
});
