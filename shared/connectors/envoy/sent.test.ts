import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readHosts } from './held.ts';
import { differenceFrom, membersOf, readSent } from './sent.ts';

/** A real Envoy of Consul's: payment has a failover to cashdesk, a grey route, a time-out and retries for all other calls. */
const recorded = (name: string): unknown =>
  (
    JSON.parse(
      readFileSync(new URL(`../../../test/fixtures/envoy/${name}.json`, import.meta.url), 'utf8'),
    ) as { readonly response: { readonly body: unknown } }
  ).response.body;
const sent = readSent(recorded('consul-sent-clusters'));
const payment = readHosts(recorded('consul-sent-routes'), {}).find(({ name }) => name === 'payment');
const everyone = { namespace: 'default', caller: null };
const host = 'payment.service.dc1.consul';

function difference(
  expected: Omit<Parameters<typeof differenceFrom>[2], 'namespace' | 'caller'>,
): string | null {
  if (payment === undefined) throw new Error('the recording has no routes of payment');
  return differenceFrom(payment, sent, { ...everyone, ...expected });
}

test('a cluster with a failover has none of its settings itself: they are on its members', () => {
  const [first] = payment?.shares ?? [];
  const members = membersOf(first?.cluster ?? '', sent);
  expect(members.map((one) => one.split('~').slice(0, 2).join('~'))).toEqual([
    'failover-target~0',
    'failover-target~1',
  ]);
  expect(membersOf('another', sent)).toEqual(['another']);
});

test('what proxies were sent is told from what they should hold, part by part', () => {
  const unlimited = { connections: null, waiting: null, requests: null };
  expect(difference({ limits: unlimited })).toBeNull();
  expect(difference({ limits: { ...unlimited, requests: 9 } })).toContain('other limits');
  const ejection = {
    consecutive5xx: 3,
    intervalMs: 2_000,
    baseMs: 5_000,
    maxPercent: 100,
    enforcingPercent: 100,
  };
  expect(difference({ ejection })).toBeNull();
  expect(difference({ ejection: { ...ejection, consecutive5xx: null } })).toContain('ejects otherwise');
  expect(difference({ everyCall: { timeoutMs: 2_500, retries: 2 } })).toBeNull();
  expect(difference({ everyCall: { timeoutMs: null, retries: 2 } })).toContain('timeoutMs 2500');
  expect(difference({ failover: { host: 'cashdesk.service.dc1.consul' } })).toBeNull();
  expect(difference({ failover: { host: null } })).toContain('cashdesk.service.dc1.consul');
});

test('a grey route is known by what it asks for and where it leads', () => {
  const route = {
    path: { how: 'prefix' as const, value: '/pay' },
    headers: [{ name: 'x-canary', how: 'exact' as const, value: 'yes' }],
    to: { host, subset: 'v2' },
    present: true,
  };
  expect(difference({ route })).toBeNull();
  expect(difference({ route: { ...route, present: false } })).toBe('still has this route');
  expect(difference({ route: { ...route, to: { host, subset: 'v1' } } })).toBe('has no such route');
  expect(difference({ route: { ...route, path: null } })).toBe('has no such route');
  expect(difference({ route: { ...route, headers: [], present: false } })).toBeNull();
});
