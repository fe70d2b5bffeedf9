import { describe, expect, test } from 'vitest';
import type { Transport } from '../../kit/transport.ts';
import { createApi } from '../api.ts';
import { metaOf, withMeta } from '../entryWrites/content.ts';
import { type Held, readHeld, withHeld, withoutHeld } from './marker.ts';
import { isInForce, withoutTrip } from './trips.ts';

const signal = AbortSignal.timeout(10_000);
const held: Held = {
  token: 'ab12cd34',
  operationId: 'op-1',
  host: 'payment.service.dc1.consul',
  caller: { namespace: 'default', name: 'order' },
  mechanism: { kind: 'refuse', status: 503 },
  until: 2_000,
  since: 1_000,
  by: 'jo',
  reason: '',
  made: false,
  was: { kind: 'limits', callee: 'payment', override: false, limits: null },
};
const zero = { MaxConnections: 0, MaxPendingRequests: 0, MaxConcurrentRequests: 0 };

describe('the marker of a trip in an entry’s Meta', () => {
  test('is read back whole, in parts that Consul takes, whatever the reason holds', () => {
    const long = { ...held, reason: 'für Süden 🚒 '.repeat(40) };
    const meta = withHeld(new Map([['team', 'money']]), long);
    if (meta === null) throw new Error('it does not fit');
    expect(readHeld(meta)).toEqual([long]);
    expect(meta.size).toBeGreaterThan(3);
    const bytes = [...meta.values()].map((value) => new TextEncoder().encode(value).length);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(512);
    expect(withoutHeld(meta, long.token)).toEqual(new Map([['team', 'money']]));
  });

  test('keeps others’ trips, and takes what cannot be read for none', () => {
    const two = withHeld(withHeld(new Map(), held) ?? new Map(), { ...held, token: 'ffff' });
    expect(readHeld(two ?? new Map()).map(({ token }) => token)).toEqual(['ab12cd34', 'ffff']);
    for (const odd of ['', '{', '[]', '{"token":"x"}'])
      expect(readHeld(new Map([['podium-held-x-0', odd]]))).toEqual([]);
    const full = new Map(Array.from({ length: 64 }, (_, index) => [`k${index}`, ''] as const));
    expect(withHeld(full, held)).toBeNull();
  });
});

describe('what a trip put into an entry', () => {
  const entry = (overrides: readonly object[], made: Partial<Held> = {}) =>
    withMeta(
      { Kind: 'service-defaults', Name: 'order', Protocol: 'http', UpstreamConfig: { Overrides: overrides } },
      withHeld(new Map(), { ...held, ...made }) ?? new Map(),
    );

  test('is taken away with its override, and others’ overrides stay', () => {
    const other = { Name: 'cashdesk', Limits: { MaxConnections: 9 } };
    const tripped = entry([other, { Name: 'payment', Peer: '', Limits: zero }]);
    expect(isInForce(tripped, held)).toBe(true);
    expect(withoutTrip(tripped, held)).toEqual({
      Kind: 'service-defaults',
      Name: 'order',
      Protocol: 'http',
      UpstreamConfig: { Overrides: [other] },
    });
    expect(withoutTrip(entry([{ Name: 'payment', Limits: zero }]), held)).not.toHaveProperty(
      'UpstreamConfig',
    );
  });

  test('gives back the limits that it took the place of, and another cluster’s service is not meant', () => {
    const was = { kind: 'limits', callee: 'payment', override: true, limits: { MaxConnections: 7 } } as const;
    const far = { Name: 'payment', Peer: 'east', Limits: { MaxConnections: 1 } };
    const tripped = entry([far, { Name: 'payment', ConnectTimeoutMs: 9, Limits: zero }], { was });
    expect(withoutTrip(tripped, { ...held, was })).toMatchObject({
      UpstreamConfig: {
        Overrides: [far, { Name: 'payment', ConnectTimeoutMs: 9, Limits: { MaxConnections: 7 } }],
      },
    });
    expect(isInForce(entry([far]), held)).toBe(false);
  });

  test('that made the entry takes the entry along, unless somebody put more into it', () => {
    const made = { ...held, made: true };
    const bare = { ...entry([{ Name: 'payment', Limits: zero }]), Protocol: '', TransparentProxy: {} };
    expect(withoutTrip(bare, made)).toBeNull();
    expect(withoutTrip({ ...bare, Protocol: 'http' }, made)).toMatchObject({ Protocol: 'http' });
    expect(metaOf(withoutTrip({ ...bare, Protocol: 'http' }, made) ?? {}).size).toBe(0);
  });
});

test('M02 Consul’s writes are taken only where the body says so, and never sent without an index', async () => {
  const asked: string[] = [];
  const transport: Transport = {
    route: 'at http://127.0.0.1:8500',
    request({ method, path }) {
      asked.push(`${method} ${path}`);
      return Promise.resolve({ status: 200, headers: {}, body: 'false\n' });
    },
  };
  const api = createApi(transport, { datacenter: 'dc1', namespace: null, partition: null });
  expect(await api.createEntry({}, signal)).toBe(false);
  expect(await api.putEntry({}, '7', signal)).toBe(false);
  expect(await api.deleteEntry('service-router', 'payment', '7', signal)).toBe(false);
  expect(asked).toEqual([
    'PUT /v1/config?dc=dc1&cas=0',
    'PUT /v1/config?dc=dc1&cas=7',
    'DELETE /v1/config/service-router/payment?dc=dc1&cas=7',
  ]);
  for (const odd of ['', '0', '-1', '7x']) {
    await expect(api.putEntry({}, odd, signal)).rejects.toMatchObject({ kind: 'refused' });
    await expect(api.deleteEntry('service-router', 'payment', odd, signal)).rejects.toMatchObject({
      kind: 'refused',
    });
  }
  expect(asked).toHaveLength(3);
});
