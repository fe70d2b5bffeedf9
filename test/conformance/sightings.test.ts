import { expect, test } from 'vitest';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { createShop } from '../../shared/rehearsal/fleet/shop.ts';
import { startPrometheus } from '../../shared/rehearsal/prometheus/server.ts';
import { createRehearsal } from '../../shared/rehearsal/rehearsal.ts';

const signal = AbortSignal.timeout(60_000);

test('the rehearsal’s proxies that export their statistics are read with few queries, and not again between scrapes', async () => {
  let time = Date.UTC(2026, 10, 22, 12);
  const now = (): number => time;
  const rehearsal = createRehearsal({
    fleet: createShop(time),
    seed: 7,
    now,
    historyMs: 3 * 60_000,
    scrapeMs: 5_000,
    keep: 400,
  });
  const server = await startPrometheus(
    { store: rehearsal.samples, now, metadata: {} },
    { exposition: () => '' },
  );
  let asked = 0;
  const session = await prometheus.open(
    {},
    {
      connectionId: 'c',
      clock: { now, sleep: () => Promise.resolve() },
      random: { id: () => 'id', fraction: () => 0.5 },
      log: { info: () => undefined, warn: () => undefined },
      ownPorts: () => [],
      lent: {
        transport: {
          route: server.url,
          async request({ method, path, headers, body }) {
            asked += 1;
            const answer = await fetch(server.url + path, {
              method,
              ...(headers === undefined ? {} : { headers }),
              ...(body === undefined ? {} : { body }),
            });
            return {
              status: answer.status,
              headers: Object.fromEntries(answer.headers),
              body: await answer.text(),
            };
          },
        },
      },
    },
  );
  try {
    const host = 'payment.shop.svc.cluster.local';
    asked = 0;
    const first = await session.sightings?.read([host], signal);
    expect(first?.problems).toEqual([]);
    expect(first?.proxies.length).toBeGreaterThan(0);
    for (const proxy of first?.proxies ?? []) {
      expect(proxy).toMatchObject({ host, namespace: 'shop' });
      expect(proxy.reached).not.toBeNull();
    }
    expect(first?.windowSeconds).toBe(60);
    expect(first?.unheard.setting).toContain('proxyStatsMatcher');
    expect(asked).toBeLessThanOrEqual(2);
    const before = asked;
    time += 1_000;
    rehearsal.advance(time);
    expect(await session.sightings?.read([host], signal)).toBe(first);
    expect(asked).toBe(before);
    time += 60_000;
    rehearsal.advance(time);
    expect((await session.sightings?.read([host], signal))?.at).toBeGreaterThan(first?.at ?? Infinity);

    // Nobody exports anything of a host that nobody calls: one query finds that out.
    asked = 0;
    expect((await session.sightings?.read(['nobody.shop.svc.cluster.local'], signal))?.proxies).toEqual([]);
    expect(asked).toBe(1);
  } finally {
    await session[Symbol.asyncDispose]();
    await server.close();
    rehearsal.close();
  }
});
