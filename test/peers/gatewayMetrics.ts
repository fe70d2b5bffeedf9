import { expect, test } from 'vitest';
import { parseCallId } from '../../shared/analysis/entityIds.ts';
import { createOriginTransport } from '../../shared/connectors/http/originTransport.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { hostOf } from '../conformance/cluster.ts';
import { foldOf } from '../conformance/dialects.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { addScrapeTarget, queryPrometheus } from './measure.ts';
import { waitFor } from './start/processes.ts';
import type { SpringInstance } from './start/springShop.ts';

/** A running gateway, and how its actuator is asked. */
interface Gateway extends SpringInstance {
  ask(path: string, method?: string, body?: unknown): Promise<unknown>;
}

/** Nobody listens there. */
const nobody = '10.79.1.99';

const route = (id: string, uri: string) => ({
  id,
  uri,
  predicates: [{ name: 'Path', args: { _genkey_0: `/${id}/**` } }],
  filters: [{ name: 'StripPrefix', args: { _genkey_0: '1' } }],
});
const routes = [route('by-name', 'lb://PAYMENT'), route('in-vain', `http://${nobody}:8080`)];

/** What a real gateway exposes to a real Prometheus, as the console reads it there. */
export function exposedByGateway(open: () => Gateway): void {
  test('what a gateway exposes to a Prometheus is whom it called, how often, and what failed', async () => {
    const gateway = open();
    const peers = readCoordinates();
    await using stack = new AsyncDisposableStack();
    for (const one of routes) {
      await gateway.ask(`/routes/${one.id}`, 'POST', one);
      stack.defer(async () => void (await gateway.ask(`/routes/${one.id}`, 'DELETE')));
    }
    await gateway.ask('/refresh', 'POST');
    const call = async (way: string): Promise<number> => {
      const answer = await fetch(`http://${gateway.address}:8080/${way}/pay/1`, {
        signal: AbortSignal.timeout(10_000),
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    // Also a counter's first sample, which is no increase.
    await waitFor('a way by name', { limitMs: 60_000 }, async () => (await call('by-name')) === 200);
    await waitFor('a way in vain', { limitMs: 60_000 }, async () => (await call('in-vain')) >= 500);

    const labels = { namespace: 'partners', pod: gateway.id, app: 'gateway' };
    await addScrapeTarget(peers, { job: 'gateway', url: `${gateway.actuator}/prometheus`, labels });
    const counted = async (): Promise<number> => {
      const mine = 'namespace="partners",routeId=~"by-name|in-vain"';
      const [sum] = await queryPrometheus(peers, `sum(spring_cloud_gateway_requests_seconds_count{${mine}})`);
      return sum?.value ?? 0;
    };
    const before = await waitFor('its first samples', { limitMs: 60_000 }, async () => {
      const sum = await counted();
      return sum >= 2 ? sum : null;
    });
    const times = 40;
    for (let i = 0; i < times; i += 1) {
      expect(await call('by-name')).toBe(200);
      if (i % 4 === 0) expect(await call('in-vain')).toBeGreaterThanOrEqual(500);
    }
    const all = before + times * 1.25;
    await waitFor('all its calls', { limitMs: 60_000 }, async () => (await counted()) === all);

    const host = hostOf();
    const transport = await createOriginTransport(
      { address: peers.prometheus?.url ?? '', headers: [] },
      host,
    );
    stack.defer(() => transport.close());
    const session = stack.use(await prometheus.open({}, { ...host, lent: { transport } }));
    // Long enough for what comes between the calls and this reading, on a slow machine too.
    const lastSeconds = 300;
    const read = await session.signals?.read(lastSeconds, AbortSignal.timeout(20_000));
    const own = [read, ...(read?.beside ?? [])].find((one) =>
      one?.source.endsWith(' · Spring Cloud Gateway metrics'),
    );
    const { callSignals } = foldOf(own === undefined ? [] : [own], []);
    const told = new Map(
      [...callSignals].map(([id, signals]) => {
        const ends = parseCallId(id);
        return [`${ends?.callerId} > ${ends?.calleeId}`, signals] as const;
      }),
    );
    const named = told.get('c/partners/gateway > c/external/payment');
    const vain = told.get(`c/partners/gateway > c/external/${nobody}`);
    expect(named?.errorRatio).toBe(0);
    expect(named?.p50Ms).toBeGreaterThan(0);
    expect(vain?.errorRatio).toBe(1);
    // Rates are drawn out beyond their first and last sample, both by about the same part.
    const calls = (named?.requestsPerSecond ?? 0) * lastSeconds;
    expect(calls).toBeGreaterThan(times * 0.6);
    expect(calls).toBeLessThan(times * 2);
    const inVain = (vain?.requestsPerSecond ?? 0) * lastSeconds;
    expect(inVain).toBeGreaterThan((times / 4) * 0.6);
    expect(inVain).toBeLessThan((times / 4) * 2);
    noteFigure(
      peers,
      'springGateway',
      `of ${times} calls by lb:// and ${times / 4} to an address where nobody listens, a gateway's own metrics show Podium ${calls.toFixed(0)} and ${inVain.toFixed(0)}, none and all of them failed`,
    );
  }, 240_000);
}
