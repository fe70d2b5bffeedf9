import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GraphService } from '../model/graph.ts';
import type { ServiceSignals } from '../model/signals.ts';
import { connectedWith, focusOn, idleServices, pathBetween } from './focus.ts';
import { matchesSearch, parseSearch, rankByName } from './search.ts';

const now = 100 * 3_600_000;
const payment: GraphService = {
  id: 'c/shop/payment',
  connectionId: 'c',
  kind: 'service',
  name: 'payment',
  namespace: 'shop',
  owner: 'team-checkout',
  hosts: ['payment.shop.svc.cluster.local'],
  versions: ['v1', 'v2'].map((version) => ({
    version,
    workloads: [],
    readyInstances: 2,
    desiredInstances: 2,
  })),
  readyInstances: 4,
  desiredInstances: 4,
  recentRestarts: null,
  createdAt: now - 30 * 60_000,
};
const signals: ServiceSignals = {
  requestsPerSecond: 212,
  failedPerSecond: 8.7,
  errorRatio: 0.041,
  p50Ms: 80,
  p90Ms: 300,
  p99Ms: 4_900,
  health: 'failing',
  reasons: [],
  versions: {},
};
const finds = (text: string): boolean => matchesSearch(parseSearch(text), { service: payment, signals }, now);

describe('find', () => {
  test.each([
    '',
    'paym',
    'SHOP',
    'checkout',
    'health:failing',
    'p99>200',
    'p99>2s',
    'p99<6s',
    'rps>100',
    'errors>1%',
    'errors>4',
    'failed>=8',
    'ready<5',
    'version:v2',
    'new:1h',
    'ns:shop health:failing -version:v3',
    '"payment.shop"',
    '-kind:external',
  ])('%s meets payment', (text) => {
    expect(finds(text)).toBe(true);
  });

  test.each([
    'order',
    'health:healthy',
    '-health:failing',
    'p99<200',
    'errors>5%',
    'version:v',
    'new:20m',
    'ns:finance',
    'payment order',
    'restarts>0',
    '-restarts>0',
  ])('%s does not', (text) => {
    expect(finds(text)).toBe(false);
  });

  test('what cannot be read is told, the rest still counts', () => {
    expect(parseSearch('health:ill p99>fast size>3 new:soon payment')).toMatchObject({
      terms: [{ kind: 'text', text: 'payment' }],
      problems: [
        'health is healthy, degraded, failing, unknown, not “ill”',
        '“fast” is no number to compare p99 with',
        '“size” cannot be compared: use p50, p90, p99, rps, errors, failed, ready, restarts',
        '“new:soon” is no age: write new:30m or new:1h',
      ],
    });
  });

  test('no text is too odd for it', () => {
    fc.assert(fc.property(fc.string({ maxLength: 600 }), (text) => void finds(text)));
    expect(parseSearch('constructor:x').terms).toEqual([{ kind: 'text', not: false, text: 'constructor:x' }]);
  });

  test('ranks whole names before beginnings before parts', () => {
    const named = (name: string): GraphService => ({ ...payment, id: name, name });
    const services = ['repayment', 'payment-api', 'payment', 'order']
      .map(named)
      .map((one) => ({ ...one, owner: null }));
    expect(rankByName(services, 'payment')).toEqual(['payment', 'payment-api', 'repayment']);
  });
});

describe('focus', () => {
  const calls = [
    'edge>order',
    'order>payment',
    'payment>bank',
    'payment>ledger',
    'refunds>payment',
    'bank>edge',
  ].map((id) => {
    const [callerId = '', calleeId = ''] = id.split('>');
    return { id, callerId, calleeId };
  });

  test('takes so many hops up and so many down, and the calls between', () => {
    const part = focusOn('payment', calls, { up: 1, down: 1 });
    expect([...part.services].sort()).toEqual(['bank', 'ledger', 'order', 'payment', 'refunds']);
    expect(part.calls.has('edge>order')).toBe(false);
    expect([...focusOn('payment', calls, { up: 0, down: 0 }).services]).toEqual(['payment']);
  });

  test('finds the shortest way, also against the calls', () => {
    expect([...(pathBetween('edge', 'ledger', calls)?.calls ?? [])].reverse()).toEqual([
      'edge>order',
      'order>payment',
      'payment>ledger',
    ]);
    expect([...(pathBetween('ledger', 'refunds', calls)?.calls ?? [])].sort()).toEqual([
      'payment>ledger',
      'refunds>payment',
    ]);
    expect(pathBetween('ledger', 'nowhere', calls)).toBeNull();
  });

  test('knows whom calls lead to and from, near and far, each once', () => {
    const { callees, callers } = connectedWith('payment', calls);
    expect([...callees].sort()).toEqual(['bank', 'edge', 'ledger', 'order']);
    expect([...callers]).toEqual(['refunds']);
  });

  test('knows who is idle', () => {
    expect([...idleServices(['edge', 'cron'], calls)]).toEqual(['cron']);
  });
});
