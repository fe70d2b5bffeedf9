import { describe, expect, test } from 'vitest';
import { alike, hashAlike, timeMs } from './alike.ts';
import { takeBack } from './takeBack.ts';

const entry = (overrides: readonly object[], more: object = {}) => ({
  Kind: 'service-defaults',
  Name: 'order',
  UpstreamConfig: { Overrides: overrides },
  ...more,
});
const payment = (limits?: object) => ({
  Name: 'payment',
  ...(limits === undefined ? {} : { Limits: limits }),
});

describe('entries as Consul gives them back', () => {
  test('say the same whatever it fills in, and however a time is written', () => {
    expect(timeMs('1m30.5s')).toBe(90_500);
    expect(timeMs(2_500_000_000)).toBe(2_500);
    expect(timeMs('soon')).toBeNull();
    expect(
      alike(
        { PassiveHealthCheck: { Interval: '2s' }, Peer: '', MeshGateway: {}, Overrides: [] },
        { PassiveHealthCheck: { Interval: 2_000_000_000 } },
      ),
    ).toBe(true);
    expect(alike({ Limits: { MaxConnections: 0 } }, { Limits: {} })).toBe(false);
  });

  test('are one entry to Consul where only 0 and absence differ', () => {
    expect(hashAlike({ Limits: { MaxConnections: 0 } }, { Limits: {} })).toBe(true);
    expect(
      hashAlike({ Limits: { MaxConnections: 1, MaxPendingRequests: 0 } }, { Limits: { MaxConnections: 1 } }),
    ).toBe(true);
    expect(hashAlike({ Limits: { MaxConnections: 1 } }, { Limits: { MaxConnections: 2 } })).toBe(false);
    expect(hashAlike({ Limits: { MaxConnections: 0 }, Meta: { a: '1' } }, { Limits: {} })).toBe(false);
  });
});

describe('taking one write back', () => {
  const before = entry([payment({ MaxConnections: 9 })]);
  const after = entry([payment({ MaxConnections: 9, MaxConcurrentRequests: 4 })]);

  test('gives back exactly what was before', () => {
    expect(takeBack(before, after, after)).toEqual(before);
    expect(takeBack(entry([]), after, after)).toEqual(entry([]));
  });

  test('leaves what others wrote elsewhere', () => {
    const other = { Name: 'cashdesk', Limits: { MaxConnections: 1 } };
    const live = entry([payment({ MaxConnections: 5, MaxConcurrentRequests: 4 }), other], {
      Protocol: 'http',
    });
    expect(takeBack(before, after, live)).toEqual(
      entry([payment({ MaxConnections: 5 }), other], { Protocol: 'http' }),
    );
  });

  test('refuses where the very same was changed since', () => {
    const live = entry([payment({ MaxConnections: 9, MaxConcurrentRequests: 7 })]);
    expect(() => takeBack(before, after, live)).toThrow(/changed the same since/);
  });

  test('finds one route among others, and puts one that went back where it was', () => {
    const route = (name: string) => ({ Match: { HTTP: { PathPrefix: `/${name}` } } });
    const routes = (...names: string[]) => ({ Kind: 'service-router', Routes: names.map(route) });
    expect(takeBack(routes('a'), routes('grey', 'a'), routes('new', 'grey', 'a'))).toEqual(
      routes('new', 'a'),
    );
    expect(takeBack(routes('a', 'grey', 'b'), routes('a', 'b'), routes('a', 'b', 'c'))).toEqual(
      routes('a', 'grey', 'b', 'c'),
    );
    expect(takeBack(routes('a', 'b'), routes('a', 'c'), routes('x', 'a', 'c'))).toEqual(
      routes('x', 'a', 'b'),
    );
    expect(() => takeBack(routes('a'), routes('grey', 'a'), routes('a'))).not.toThrow();
    expect(() => takeBack(routes('a'), routes('grey', 'a'), routes('b'))).toThrow(/changed the same since/);
  });
});
