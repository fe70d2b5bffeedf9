import { expect, test } from 'vitest';
import type { PeerRequest, Transport } from '../../shared/connectors/kit/transport.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { createShop } from '../../shared/rehearsal/fleet/shop.ts';
import { startPrometheus } from '../../shared/rehearsal/prometheus/server.ts';
import { createRehearsal, type Rehearsal } from '../../shared/rehearsal/rehearsal.ts';
import { signalsConformance, type SignalsUnderTest } from './signals.ts';

/** A rehearsal whose time the test moves by hand, behind its real HTTP server. */
async function openRehearsal(): Promise<SignalsUnderTest & { readonly rehearsal: Rehearsal }> {
  let time = Date.UTC(2026, 10, 22, 12);
  const now = (): number => time;
  const historyMs = 3 * 60_000;
  const rehearsal = createRehearsal({
    fleet: createShop(time),
    seed: 7,
    now,
    historyMs,
    scrapeMs: 5_000,
    keep: 400,
  });
  const server = await startPrometheus(
    { store: rehearsal.samples, now, metadata: {} },
    { exposition: () => '' },
  );
  const session = await prometheus.open(
    {},
    {
      connectionId: 'c',
      clock: { now, sleep: () => Promise.resolve() },
      random: { id: () => 'id', fraction: () => 0.5 },
      log: { info: () => undefined, warn: () => undefined },
      ownPorts: () => [],
      lent: { transport: createFetchTransport(server.url) },
    },
  );
  return {
    session,
    rehearsal,
    host: 'payment.shop.svc.cluster.local',
    versions: ['v1', 'v2'],
    namesVersions: true,
    now,
    pass(milliseconds) {
      time += milliseconds;
      rehearsal.advance(time);
      return Promise.resolve();
    },
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await server.close();
      rehearsal.close();
    },
  };
}

function createFetchTransport(origin: string): Transport {
  return {
    route: `at ${origin}`,
    async request({ method, path, headers, body, signal }: PeerRequest) {
      const answer = await fetch(origin + path, {
        method,
        signal,
        headers: headers ?? {},
        ...(body === undefined ? {} : { body }),
      });
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: await answer.text(),
      };
    },
  };
}

signalsConformance('the rehearsal', openRehearsal);

test('an instance that is taken out is counted at zero, the others carry its calls, and a stranger is not known', async () => {
  await using peer = await openRehearsal();
  const { store } = peer.rehearsal;
  const behind = () =>
    store
      .list('pods', 'shop')
      .filter(({ metadata }) => metadata.name.startsWith('order-'))
      .map(({ metadata: { name } }) => ({ namespace: 'shop', name }));
  const ask = async (names: readonly { namespace: string; name: string }[]) => {
    const observed = await peer.session.signals?.instanceRates?.(names, new AbortController().signal);
    return new Map(observed?.rates.map(({ name, requestsPerSecond }) => [name, requestsPerSecond]));
  };
  const before = behind();
  const [out] = before;
  const stranger = { namespace: 'finance', name: out?.name ?? '' };
  const busy = await ask([...before, stranger]);
  expect(busy.size).toBe(6);
  for (const perSecond of busy.values()) expect(perSecond).toBeGreaterThan(15);

  const pod = store.get('pods', 'shop', out?.name ?? '');
  if (pod === undefined) throw new Error('order has no pod');
  store.put({ ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, app: 'aside' } } });
  await peer.pass(40_000);
  const after = await ask([...behind(), stranger]);
  expect(after.get(pod.metadata.name)).toBe(0);
  const others = [...after].filter(([name]) => name !== pod.metadata.name);
  expect(others).toHaveLength(6);
  for (const [, perSecond] of others) expect(perSecond).toBeGreaterThan(15);
});
