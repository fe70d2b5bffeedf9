import { afterAll } from 'vitest';
import { awayConformance, warningOf } from '../conformance/away.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { readCoordinates } from './coordinates.ts';
import { queryPrometheus, setMode } from './measure.ts';
import { waitFor } from './start/processes.ts';

const peers = readCoordinates();
const versions = ['payment-v1', 'payment-v2'];
const setPayment = (failRatio: number) =>
  Promise.all(versions.map((one) => setMode(peers, one, { failRatio, delayMs: 5 })));

afterAll(() => setPayment(0));

/** Failed payments that the callers' Envoys counted, as far as Prometheus has scraped them. */
async function failedSoFar(): Promise<number> {
  const [sum] = await queryPrometheus(
    peers,
    'sum(envoy_cluster_upstream_rq{response_code_class="5xx",cluster_name=~"outbound.*payment.*"})',
  );
  return sum?.value ?? 0;
}

awayConformance('a real API server and its Prometheus', async () => {
  const since = Date.now();
  const before = await failedSoFar();
  await setPayment(1);
  await waitFor('payments that failed, in Prometheus', { limitMs: 30_000 }, async () => {
    return (await failedSoFar()) - before > 60;
  });
  await setPayment(0);
  const cluster = await startRealCluster();
  const { namespace } = cluster;
  await cluster.call('POST', `/api/v1/namespaces/${namespace}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ledger', namespace },
    spec: { selector: { app: 'ledger' }, ports: [{ name: 'http', port: 8080 }] },
  });
  await cluster.run({ app: 'ledger', version: 'v1', instances: 1 });
  const image = 'registry.example.com/ledger:v2';
  await cluster.call('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/ledger-v1`, {
    spec: { template: { spec: { containers: [{ name: 'app', image }] } } },
  });
  await cluster.call(
    'POST',
    `/api/v1/namespaces/${namespace}/events`,
    warningOf(namespace, 'ledger-v1-5c9-x7'),
  );
  return {
    kubeconfigFile: peers.kubernetes.kubeconfigFile,
    context: 'admin',
    since,
    failed: { name: 'payment', leastWorst: 0.03 },
    deployed: { name: 'ledger', before: 'v1', after: 'v2' },
    warned: { reason: 'BackOff' },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
});
