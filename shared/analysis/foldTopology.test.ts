import { describe, expect, test } from 'vitest';
import { externalId, serviceId } from './entityIds.ts';
import { foldTopology } from './foldTopology.ts';
import { shopTopology } from './signalRows.fixture.ts';

const HOUR = 3_600_000;
const instance = (name: string, more: Partial<Parameters<typeof base>[1]> = {}) => base(name, more);
function base(
  name: string,
  more: { restarts?: number | null; lastRestartAt?: number | null; startedAt?: number | null },
) {
  return {
    namespace: 'shop',
    name,
    uid: name,
    workload: 'payment-v1',
    version: 'v1',
    ready: true,
    reason: null,
    restarts: 0,
    lastRestartAt: null,
    startedAt: 0,
    node: null,
    ...more,
  };
}

describe('the services of the map', () => {
  test('count their ready instances by version', () => {
    const { services } = foldTopology('c', [shopTopology({ payment: ['v1', 'v2'] })], 0);
    expect(services).toHaveLength(1);
    expect(services[0]).toMatchObject({ name: 'payment', readyInstances: 4, desiredInstances: 4 });
    expect(services[0]?.versions).toMatchObject([
      { version: 'v1', readyInstances: 2 },
      { version: 'v2', readyInstances: 2 },
    ]);
  });

  test('know neither count where one workload is silent: the others are not the whole', () => {
    const shop = shopTopology({ payment: ['v1', 'v2'] });
    const [first, ...others] = shop.workloads;
    if (first === undefined) throw new Error('the fixture has no workload');
    const silent = { ...first, readyInstances: null, desiredInstances: null };
    const { services } = foldTopology('c', [{ ...shop, workloads: [silent, ...others], instances: [] }], 0);
    expect(services[0]).toMatchObject({ readyInstances: null, desiredInstances: null });
    expect(services[0]?.versions).toMatchObject([
      { version: 'v1', readyInstances: null },
      { version: 'v2', readyInstances: 2 },
    ]);
  });

  test('count restarts of the last hour only, and none where nobody counts', () => {
    const now = 10 * HOUR;
    const topology = shopTopology({ payment: ['v1'] });
    const restarts = (instances: ReturnType<typeof instance>[]): number | null | undefined =>
      foldTopology('c', [{ ...topology, instances }], now).services[0]?.recentRestarts;
    expect(restarts([instance('a', { restarts: 7, lastRestartAt: now - 2 * HOUR })])).toBe(0);
    expect(restarts([instance('a', { restarts: 7, lastRestartAt: now - 1000 })])).toBe(1);
    expect(
      restarts([instance('a', { restarts: 3, startedAt: now - HOUR / 2, lastRestartAt: now - 5 })]),
    ).toBe(3);
    expect(restarts([instance('a', { restarts: null })])).toBeNull();
  });

  test('come together from several sources', () => {
    const kubernetes = shopTopology({ payment: ['v1'] });
    const mesh = {
      ...shopTopology({}),
      services: [
        {
          namespace: 'shop',
          name: 'payment',
          kind: 'gateway' as const,
          hosts: ['pay.example'],
          owner: 'team',
          createdAt: 5,
        },
        {
          namespace: 'shop',
          name: 'bank',
          kind: 'external' as const,
          hosts: ['*.bank.example'],
          owner: null,
          createdAt: null,
        },
      ],
      problems: ['no rights'],
    };
    const folded = foldTopology('c', [kubernetes, mesh], 0);
    expect(folded.service(serviceId('c', 'shop', 'payment'))).toMatchObject({
      kind: 'gateway',
      owner: 'team',
      createdAt: 5,
    });
    expect(folded.serviceOfHost('pay.example')).toBe(serviceId('c', 'shop', 'payment'));
    expect(folded.serviceOfHost('eu.bank.example')).toBe(externalId('c', '*.bank.example'));
    expect(folded.problems).toEqual(['no rights']);
  });

  test('are found by short host in the namespace that says it, and by no short host that two share', () => {
    const other = shopTopology({ payment: ['v1'] });
    const finance = {
      ...other,
      services: other.services.map((one) => ({
        ...one,
        namespace: 'finance',
        hosts: ['payment.finance.svc.cluster.local', 'payment'],
      })),
      workloads: [],
    };
    const folded = foldTopology('c', [other, finance], 0);
    expect(folded.serviceOfHost('payment')).toBeNull();
    expect(folded.serviceOfHost('payment', 'finance')).toBe(serviceId('c', 'finance', 'payment'));
    expect(folded.serviceOfHost('payment.shop', 'finance')).toBe(serviceId('c', 'shop', 'payment'));
  });

  test('of several that select a workload, the canonical one gets its calls', () => {
    const topology = shopTopology({ payment: ['v1'], 'payment-canary': [] });
    const [workload] = topology.workloads;
    const services = [
      { namespace: 'shop', name: 'payment-canary' },
      { namespace: 'shop', name: 'payment' },
    ];
    const folded = foldTopology(
      'c',
      [{ ...topology, workloads: workload === undefined ? [] : [{ ...workload, services }] }],
      0,
    );
    expect(folded.serviceOfWorkload('shop', 'payment-v1')).toBe(serviceId('c', 'shop', 'payment'));
  });
});

test('declared calls lie between services that are known, each once, with all that declares it', () => {
  const service = (name: string) => ({
    namespace: 'shop',
    name,
    kind: 'service' as const,
    hosts: [`${name}.shop`],
    owner: null,
    createdAt: null,
  });
  const call = (caller: string, callee: string, basis: string, allowed: boolean | null = null) => ({
    caller: { namespace: 'shop', name: caller },
    callee: { namespace: 'shop', name: callee },
    basis,
    allowed,
  });
  const { calls } = foldTopology(
    'c',
    [
      {
        observedAt: 0,
        services: [service('web'), service('order')],
        workloads: [],
        instances: [],
        calls: [
          call('web', 'order', 'upstream of its proxy'),
          call('web', 'order', 'intention', false),
          call('web', 'gone', 'intention', true),
        ],
        problems: [],
      },
    ],
    0,
  );
  expect(calls).toEqual([
    {
      id: 'c/shop/web→c/shop/order',
      callerId: 'c/shop/web',
      calleeId: 'c/shop/order',
      protocols: [],
      asynchronous: false,
      declared: 'upstream of its proxy; intention, but policy denies it',
      unseen: true,
    },
  ]);
});
