import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeAddress } from '../namespace.ts';
import { type Processes, statusOf, waitFor } from './processes.ts';

/** A target that Prometheus scrapes besides the pods it finds in the cluster. */
export interface ScrapeTarget {
  readonly job: string;
  /** The whole URL of the exposition, for example `http://127.0.0.1:41233/metrics`. */
  readonly url: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PrometheusPeer {
  readonly url: string;
  /** As it says itself; Debian decides which one that is. */
  readonly version: string;
}

/**
 * Starts Prometheus. It finds the Envoys by the pods' annotations, with the relabelling of the community's Helm chart,
 * so its series carry `namespace`, `pod` and the pods' labels as in a real cluster. Debian builds Prometheus without
 * Kubernetes discovery; the same meta labels come over HTTP from `targetsUrl` instead.
 */
export async function startPrometheus(
  programDir: string,
  targetsUrl: string,
  extraTargets: readonly ScrapeTarget[],
  processes: Processes,
  runDir: string,
): Promise<PrometheusPeer> {
  const dir = join(runDir, 'prometheus');
  await mkdir(dir, { recursive: true });
  const configFile = join(dir, 'prometheus.yml');
  await writeFile(configFile, JSON.stringify(configuration(targetsUrl, extraTargets), null, 2));
  const prometheus = processes.start({
    name: 'prometheus',
    command: join(programDir, 'prometheus'),
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      '--storage.tsdb.retention.time=2h',
      // Every address: the API server's proxy comes to the address of the Prometheus pod.
      '--web.listen-address=0.0.0.0:9090',
      '--web.enable-lifecycle',
    ],
  });
  const url = `http://${nodeAddress}:9090`;
  const wait = { limitMs: 60_000, needs: [prometheus] };
  await waitFor('Prometheus', wait, async () => (await statusOf(`${url}/-/ready`)) === 200);
  const buildInfo = await fetch(`${url}/api/v1/status/buildinfo`, { signal: AbortSignal.timeout(5_000) });
  const { data } = (await buildInfo.json()) as { data: { version: string } };
  return { url, version: data.version };
}

function configuration(targetsUrl: string, extraTargets: readonly ScrapeTarget[]) {
  const annotation = (name: string) => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;
  const pods = {
    job_name: 'kubernetes-pods',
    // `usedonly`: an Envoy lists thousands of series that never moved.
    params: { usedonly: [''] },
    http_sd_configs: [{ url: targetsUrl, refresh_interval: '2s' }],
    relabel_configs: [
      { source_labels: [annotation('scrape')], action: 'keep', regex: 'true' },
      { source_labels: [annotation('path')], target_label: '__metrics_path__', regex: '(.+)' },
      {
        source_labels: ['__meta_kubernetes_pod_ip', annotation('port')],
        separator: ':',
        target_label: '__address__',
      },
      { action: 'labelmap', regex: '__meta_kubernetes_pod_label_(.+)' },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
      { source_labels: ['__meta_kubernetes_pod_node_name'], target_label: 'node' },
    ],
  };
  const extra = extraTargets.map(({ job, url, labels = {} }) => {
    const { host, pathname } = new URL(url);
    return { job_name: job, metrics_path: pathname, static_configs: [{ targets: [host], labels }] };
  });
  return {
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '2s' },
    scrape_configs: [
      pods,
      { job_name: 'prometheus', static_configs: [{ targets: ['127.0.0.1:9090'] }] },
      ...extra,
    ],
  };
}
