import { expect, test } from 'vitest';
import { parseCallId } from '../../shared/analysis/entityIds.ts';
import { createOriginTransport } from '../../shared/connectors/http/originTransport.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { hostOf } from '../conformance/cluster.ts';
import { foldOf } from '../conformance/dialects.ts';
import type { CountedShop } from '../conformance/springSignals.ts';
import { readCoordinates } from './coordinates.ts';
import { addScrapeTarget, queryPrometheus } from './measure.ts';
import { instanceNamed } from './springRun.ts';
import { waitFor } from './start/processes.ts';

/** What real Spring programs expose to a real Prometheus, as the console reads it there. */
export function exposedByMicrometer(open: () => CountedShop): void {
  test('what Micrometer exposes to a Prometheus is who called payment, and what order itself was asked', async () => {
    await using shop = open();
    const peers = readCoordinates();
    await shop.order(4);
    const labels = { namespace: 'partners', pod: 'order-1', service: 'order' };
    const url = `${instanceNamed('order-1').actuator}/prometheus`;
    await addScrapeTarget(peers, { job: 'order', url, labels });
    const counted = async (): Promise<number | null> => {
      const query = 'sum(http_client_requests_seconds_count{namespace="partners",client_name="payment"})';
      return (await queryPrometheus(peers, query))[0]?.value ?? null;
    };
    const before = await waitFor('its first samples', { limitMs: 30_000 }, counted);
    // A breaker that an earlier test left open lets none of the first through.
    await waitFor('calls after these', { limitMs: 60_000 }, async () => {
      await shop.order(5);
      return ((await counted()) ?? 0) >= before + 20;
    });

    const host = hostOf();
    const transport = await createOriginTransport(
      { address: peers.prometheus?.url ?? '', headers: [] },
      host,
    );
    await using session = await prometheus.open({}, { ...host, lent: { transport } });
    const read = await session.signals?.read(60, AbortSignal.timeout(20_000));
    transport.close();
    const callsOf = (title: string): string[] => {
      const own = [read, ...(read?.beside ?? [])].find((one) => one?.source.endsWith(title));
      const { callSignals } = foldOf(own === undefined ? [] : [own], []);
      return [...callSignals].flatMap(([id, { requestsPerSecond }]) => {
        const ends = parseCallId(id);
        return ends === null || (requestsPerSecond ?? 0) === 0 ? [] : [`${ends.callerId} > ${ends.calleeId}`];
      });
    };
    // Order also asks its registry, by its address.
    expect(callsOf('Micrometer HTTP client metrics')).toContain('c/partners/order > c/external/payment');
    expect(callsOf('Micrometer HTTP server metrics')).toEqual(['c/unknown > c/partners/order']);
  }, 150_000);
}
