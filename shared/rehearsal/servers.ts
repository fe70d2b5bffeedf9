import { randomBytes } from 'node:crypto';
import { startAlertmanager } from './alertmanager/server.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { familiesOf, metricMetadata } from './families.ts';
import { adminRules, viewerRules, type KubeUser } from './kube/access.ts';
import { startKubeServer, type KubeServer, type KubeServerOptions } from './kube/server.ts';
import { applicationPort, startPodProgram } from './podProgram.ts';
import { podLogOf } from './podLogs.ts';
import { writeExposition } from './prometheus/exposition.ts';
import { startPrometheus } from './prometheus/server.ts';
import type { Rehearsal } from './rehearsal.ts';

/** The rehearsal's addresses. */
export interface RehearsalServers extends AsyncDisposable {
  readonly kubeconfig: string;
  readonly kubeUrl: string;
  /** The Prometheus API itself; a client with a kubeconfig reaches it through the API server. */
  readonly prometheusUrl: string;
  /** The fleet's counters in the text format. */
  readonly metricsUrl: string;
  readonly kube: KubeServer;
  /** By role: the tokens of the two contexts. */
  readonly tokens: { readonly operator: string; readonly viewer: string };
}

/** Puts the fleet behind its wire protocols, on loopback and ports that are free. */
export async function startServers(
  rehearsal: Rehearsal,
  { now = Date.now, serves = [] }: { readonly now?: () => number } & Pick<KubeServerOptions, 'serves'> = {},
): Promise<RehearsalServers> {
  const { store, samples, traffic, ruler } = rehearsal;
  const prometheus = await startPrometheus(
    { store: samples, now, metadata: metricMetadata, alerts: () => ruler.alerts() },
    { exposition: () => writeExposition(familiesOf(traffic)) },
  );
  const program = await startPodProgram();
  const alertmanager = await startAlertmanager(rehearsal.alertmanager);
  const monitoring: Readonly<Record<string, string>> = {
    prometheus: prometheus.url,
    alertmanager: `http://127.0.0.1:${alertmanager.port}`,
  };
  const tokens = { operator: randomBytes(24).toString('hex'), viewer: randomBytes(24).toString('hex') };
  const users = new Map<string, KubeUser>([
    [tokens.operator, { name: 'operator', rules: adminRules }],
    [tokens.viewer, { name: 'viewer', rules: viewerRules }],
  ]);
  const kube = await startKubeServer({
    store,
    tokens: users,
    now,
    serves,
    proxies: ({ namespace, service }) => (namespace === 'monitoring' ? monitoring[service] : undefined),
    podLogs: (namespace, pod, container) => podLogOf(namespace, pod, container, now),
    podPorts: (namespace, pod, port) =>
      namespace === 'monitoring' && pod.startsWith('prometheus-') && port === 9090
        ? { host: '127.0.0.1', port: Number(new URL(prometheus.url).port) }
        : port === applicationPort
          ? { host: '127.0.0.1', port: program.port }
          : undefined,
  });
  return {
    kubeconfig: writeKubeconfig({ url: kube.url, adminToken: tokens.operator, viewerToken: tokens.viewer }),
    kubeUrl: kube.url,
    prometheusUrl: prometheus.url,
    metricsUrl: `${prometheus.url}/fleet/metrics`,
    kube,
    tokens,
    [Symbol.asyncDispose]: async () => {
      await kube.close();
      await prometheus.close();
      await program[Symbol.asyncDispose]();
      await alertmanager[Symbol.asyncDispose]();
    },
  };
}
