import { afterAll, expect, test } from 'vitest';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { startFollower } from './fleet.ts';
import { addScrapeTarget, queryPrometheus, type Sample } from './measure.ts';
import { deviationOf, restoreWeights, writeWeights } from './payment.ts';
import { waitFor } from './start/processes.ts';

const peers = readCoordinates();

afterAll(() => restoreWeights(peers));

/** v2's share of the payments that the fleet's callee counted in the last seconds. */
const shares = (more = '') =>
  `sum by (destination_version) (increase(istio_requests_total{reporter="destination",destination_service_name="payment"${more}}[15s]))`;

function shareOf(samples: readonly Sample[]) {
  const of = (version: string) =>
    samples.find(({ labels }) => labels['destination_version'] === version)?.value ?? 0;
  const total = of('v1') + of('v2');
  return { total, v2: of('v2') / total };
}

test('the fleet’s traffic follows the real API server’s VirtualService, also as a real Prometheus scrapes it', async () => {
  await restoreWeights(peers);
  await using fleet = await startFollower(peers);
  const own = async () =>
    shareOf(await queryPrometheus({ ...peers, prometheus: of(fleet.prometheusUrl) }, shares()));
  const scraped = async () => shareOf(await queryPrometheus(peers, shares(',fleet="follower"')));
  const near = (wanted: number, { total, v2 }: { total: number; v2: number }) =>
    total > 100 && Math.abs(v2 - wanted) < 4 * deviationOf(wanted, total);
  await addScrapeTarget(peers, { job: 'fleet', url: fleet.metricsUrl, labels: { fleet: 'follower' } });

  const wait = { limitMs: 60_000 };
  await waitFor('70/30 in the fleet', wait, async () => near(0.3, await own()));
  expect((await writeWeights(peers, 5, 95)).status).toBe(200);
  const after = await waitFor('5/95 in the fleet', wait, async () => {
    const now = await own();
    return near(0.95, now) && now;
  });
  const seen = await waitFor('5/95 in the real Prometheus', wait, async () => {
    const now = await scraped();
    return near(0.95, now) && now;
  });
  const words = ({ total, v2 }: typeof seen) => `${(v2 * 100).toFixed(1)} % of ${Math.round(total)} payments`;
  noteFigure(
    peers,
    'rehearsal',
    `a real VirtualService set to 5/95: v2 gets ${words(after)} in the fleet, ${words(seen)} as scraped by Prometheus`,
  );
}, 240_000);

function of(url: string) {
  return { url, version: 'the fleet' };
}
