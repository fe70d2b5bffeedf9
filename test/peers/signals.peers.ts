import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import { kubernetes } from '../../shared/connectors/kubernetes/connector.ts';
import { hostOf } from '../conformance/cluster.ts';
import { signalsConformance, type SignalsUnderTest } from '../conformance/signals.ts';
import { readCoordinates } from './coordinates.ts';
import { queryPrometheus } from './measure.ts';
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
