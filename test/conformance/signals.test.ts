import type { PeerRequest, Transport } from '../../shared/connectors/kit/transport.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { createShop } from '../../shared/rehearsal/fleet/shop.ts';
import { startPrometheus } from '../../shared/rehearsal/prometheus/server.ts';
import { createRehearsal } from '../../shared/rehearsal/rehearsal.ts';
import { signalsConformance, type SignalsUnderTest } from './signals.ts';

/** A rehearsal whose time the test moves by hand, behind its real HTTP server. */
async function openRehearsal(): Promise<SignalsUnderTest> {
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
