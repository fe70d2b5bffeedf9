import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counterDifferences } from '../../shared/analysis/counterDifferences.ts';
import { judgeShares, wilson } from '../../shared/analysis/shares.ts';
import { consul } from '../../shared/connectors/consul/connector.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Split } from '../../shared/model/weights.ts';
import { hostOf, until } from '../conformance/cluster.ts';
import { guardsOf, sharesOf, shift, signal, weightsOf } from '../conformance/weights.ts';
import { consulShop } from './consulRun.ts';
import { readCoordinates } from './coordinates.ts';
import { addScrapeTarget } from './measure.ts';
import type { ConsulPeer } from './start/consul.ts';
import { consulTokens, type ConsulUser, shopInstances, shopPorts } from './start/consulShop.ts';
import { waitFor } from './start/processes.ts';

const peers = readCoordinates();
let peer: ConsulPeer;
let session: Session;
let metrics: Session;

const openAs = (user: ConsulUser): Promise<Session> =>
  consul.open(
    {
      address: peer.url,
      token: consulTokens[user],
      prometheus: { url: peers.prometheus?.url ?? '', headers: [] },
    },
    hostOf(),
  );

beforeAll(async () => {
  peer = await consulShop();
  for (const { address, id } of shopInstances)
    await addScrapeTarget(peers, {
      job: 'consul-sidecars',
      url: `http://${address}:${shopPorts.metrics}/metrics`,
      labels: { instance: id },
    });
  session = await openAs('operator');
  const offer = (await session.offers?.find(signal))?.offers[0];
  if (offer === undefined) throw new Error('no Prometheus was offered');
  metrics = await prometheus.open(prometheus.settings.parse(offer.settings), hostOf(offer.lent));
}, 120_000);

afterAll(async () => {
  await metrics[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
}, 60_000);

const topologyOf = (of: Session) => (stop: AbortSignal) => {
  if (of.topology === undefined) throw new Error('the session has no topology');
  return of.topology.watch(stop, () => undefined);
};

const paymentSplit = async (expected: (split: Split) => boolean = () => true): Promise<Split> => {
  const isIt = (split: Split) => split.document.name === 'payment' && expected(split);
  const splits = await until(
    (stop) => weightsOf(session).watch(stop, () => undefined),
    (all) => all.some(isIt),
  );
  const found = splits.find(isIt);
  if (found === undefined) throw new Error('payment has no split');
  return found;
};

/** Requests counted by payment's versions themselves. */
async function counts(): Promise<{ v1: number; v2: number }> {
  const answer = await fetch(`${peer.worldUrl}/_count`);
  const { counts: all } = (await answer.json()) as { counts: Record<string, { requests: number }> };
  return { v1: all['payment-v1']?.requests ?? NaN, v2: all['payment-v2']?.requests ?? NaN };
}

const setRate = (perSecond: number) =>
  fetch(`${peer.worldUrl}/_rate?perSecond=${perSecond}`, { method: 'POST' });

/** The weights that a caller's sidecar has loaded, out of ten thousand. */
async function loaded(address: string): Promise<string> {
  const answer = await fetch(
    `http://${address}:${shopPorts.admin}/config_dump?resource=dynamic_route_configs`,
  );
  const found = [...(await answer.text()).matchAll(/"(v\d)\.payment\.[^"]*",\s*"weight": (\d+)/g)];
  return found.map(([, version, weight]) => `${version} ${weight}`).join(', ');
}

describe('the shop in a real Consul mesh', () => {
  test('is on the map with its versions, its owners and the calls between its services', async () => {
    const seen = await until(
      topologyOf(session),
      (one) => one.instances.filter(({ ready }) => ready).length === shopInstances.length,
    );
    expect(seen.problems).toEqual([]);
    expect(seen.services.map(({ name }) => name)).toEqual(['cashdesk', 'edge', 'order', 'payment']);
    expect(seen.calls?.map(({ caller, callee, allowed }) => [caller.name, callee.name, allowed])).toEqual(
      expect.arrayContaining([
        ['edge', 'order', true],
        ['edge', 'payment', true],
        ['order', 'payment', true],
      ]),
    );
  });

  test('divides its calls by what was shifted, as counted at the services and by Prometheus', async () => {
    const scrapeMs = (metrics.signals?.scrapeIntervalSeconds ?? 2) * 1_000;
    await setRate(150);
    for (const [v1, v2] of [
      [95, 5],
      [40, 60],
      [70, 30],
    ] as const) {
      const split = await paymentSplit();
      const plan = await weightsOf(session).plan(shift(split, [v1, v2]), signal);
      expect(new Set(Object.values(guardsOf(plan)))).toEqual(new Set(['pass']));
      await weightsOf(session).apply(plan, signal);
      const wanted = `v1 ${v1}00, v2 ${v2}00`;
      for (const caller of ['10.201.1.1', '10.201.2.1'])
        await waitFor(
          `${wanted} in ${caller}`,
          { limitMs: 5_000 },
          async () => (await loaded(caller)) === wanted,
        );
      const [change] = plan.changes;
      if (change === undefined) throw new Error('the plan changes nothing');
      const read = await weightsOf(session).verify(change, signal);
      expect(read).toMatchObject({
        state: 'after',
        detail: expect.stringContaining('divides calls so') as unknown,
      });

      const since = Date.now();
      const before = await counts();
      const { v1: at1, v2: at2 } = await waitFor('600 payments', { limitMs: 30_000 }, async () => {
        const now = await counts();
        const sum = now.v1 + now.v2 - before.v1 - before.v2;
        return sum >= 600 ? { v1: now.v1 - before.v1, v2: now.v2 - before.v2 } : null;
      });
      const share = at2 / (at1 + at2);
      // Four standard deviations: a right split fails this once in sixteen thousand runs.
      expect(Math.abs(share - v2 / 100)).toBeLessThan(
        4 * Math.sqrt(((v2 / 100) * (1 - v2 / 100)) / (at1 + at2)),
      );

      // What Podium would say: by counters since the write, through Prometheus.
      const expectation = sharesOf(plan);
      const counted = await waitFor(
        'counters of both versions',
        { limitMs: 4 * scrapeMs + 15_000 },
        async () => {
          const observed = await metrics.signals?.counters({ hosts: [expectation.host], since }, signal);
          const found = counterDifferences(observed?.series ?? [], expectation, since);
          return (found[0] ?? 0) + (found[1] ?? 0) >= 300 ? found : null;
        },
      );
      const total = (counted[0] ?? 0) + (counted[1] ?? 0);
      const interval = wilson(counted[1] ?? 0, total);
      expect(interval.low - 0.02).toBeLessThan(share);
      expect(interval.high + 0.02).toBeGreaterThan(share);
      const judged = judgeShares({
        expected: expectation.destinations,
        counts: counted,
        now: Date.now(),
        previous: null,
        before: null,
      });
      expect(judged.state, judged.detail).not.toBe('contradicted');
    }
    await setRate(40);
  }, 240_000);

  test('draws the calls with their rates', async () => {
    const seen = await waitFor('rates', { limitMs: 30_000 }, async () => {
      const read = await metrics.signals?.read(30, signal);
      return read !== undefined && read.calls.length > 0 ? read : null;
    });
    const edges = new Set(seen.calls.map(({ source, host }) => `${source.service} → ${host}`));
    expect(edges).toContain('edge → order.service.dc1.consul');
    expect(edges).toContain('order → payment.service.dc1.consul');
    expect(seen.problems).toEqual([]);
  });

  test('is read-only to a token that may not write, and hides what a token may not see', async () => {
    await using viewer = await openAs('viewer');
    const split = await paymentSplit();
    await viewer.weights
      ?.watch(signal, () => undefined)
      [Symbol.asyncIterator]()
      .next();
    const plan = await viewer.weights?.plan(shift(split, [50, 50]), signal);
    if (plan === undefined) throw new Error('the viewer’s session has no weights');
    expect(guardsOf(plan)).toMatchObject({ access: 'block' });
    await expect(viewer.weights?.apply(plan, signal)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(
      viewer.permissions.find(({ verb, resource }) => verb === 'write' && resource.startsWith('service')),
    ).toMatchObject({ allowed: false });
    await using narrow = await openAs('narrow');
    const seen = await until(topologyOf(narrow), ({ services }) => services.length > 0);
    expect(seen.services.map(({ name }) => name)).toEqual(['order', 'payment']);
    expect(seen.problems.join()).toContain('may not see every service');
    await expect(openAs('stranger')).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
});
