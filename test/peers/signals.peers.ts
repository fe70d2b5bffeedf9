import { afterAll, expect, test } from 'vitest';
import { counterDifferences } from '../../shared/analysis/counterDifferences.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { hostOf } from '../conformance/cluster.ts';
import { signalsConformance, type SignalsUnderTest } from '../conformance/signals.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { queryPrometheus, setLoad } from './measure.ts';
import { beginStretch, comeToRest, countPayments, restoreWeights, usualLoad } from './payment.ts';
import { waitFor } from './start/processes.ts';

const peers = readCoordinates();

/** The run's Prometheus as the console reaches it: found in the cluster, asked through the API server. */
async function openThroughCluster(): Promise<SignalsUnderTest> {
  const root = await kubernetes.open(
    { kubeconfig: { paths: [peers.kubernetes.kubeconfigFile] }, context: 'viewer' },
    hostOf(),
  );
  const found = await root.offers?.find(AbortSignal.timeout(20_000));
  const offer = found?.offers.find((one) => one.connector === 'prometheus');
  if (offer === undefined) throw new Error(`no Prometheus was offered: ${JSON.stringify(found?.absent)}`);
  const session = await prometheus.open(prometheus.settings.parse(offer.settings), hostOf(offer.lent));
  return {
    session,
    host: 'payment.shop.svc.cluster.local',
    versions: ['v1', 'v2'],
    // Plain Envoys report calls where they are made, and know subsets rather than versions.
    namesVersions: false,
    now: () => Date.now(),
    async pass(milliseconds) {
      const until = Date.now() + milliseconds;
      await waitFor('later samples', { limitMs: milliseconds + 20_000 }, async () => {
        const [newest] = await queryPrometheus(peers, 'min(timestamp(envoy_cluster_upstream_rq))');
        return (newest?.value ?? 0) * 1_000 >= until;
      });
    },
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await root[Symbol.asyncDispose]();
    },
  };
}

signalsConformance('a real Prometheus with Envoy’s own metrics', openThroughCluster);

afterAll(() => setLoad(peers, usualLoad));

test('Podium counts exactly the payments that the services counted', async () => {
  await restoreWeights(peers);
  await comeToRest(peers);
  await using peer = await openThroughCluster();
  const since = peer.now();
  const stretch = await beginStretch(peers);
  await peer.pass(4_000);
  await setLoad(peers, 100);
  await countPayments(peers, 400);
  await comeToRest(peers);
  const counted = await stretch();
  const destinations = peer.versions.map((version, index) => ({
    index,
    host: peer.host,
    subset: version,
    version,
    share: 0.5,
  }));
  const signal = AbortSignal.timeout(20_000);
  const read = await peer.session.signals?.counters({ hosts: [peer.host], since }, signal);
  const measured = counterDifferences(read?.series ?? [], { destinations }, since);
  const atServices = [Math.round(counted.total * (1 - counted.v2)), Math.round(counted.total * counted.v2)];
  noteFigure(
    peers,
    'signals',
    `v1 and v2 counted ${atServices.join(' and ')} payments, Podium measured ${measured.join(' and ')}`,
  );
  expect(measured).toEqual(atServices);
}, 120_000);
