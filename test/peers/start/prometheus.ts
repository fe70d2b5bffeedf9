import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeAddress } from '../namespace.ts';
import { type Processes, statusOf, waitFor } from './processes.ts';

export interface PrometheusPeer {
  readonly url: string;
  /** As it says itself; Debian decides which one that is. */
  readonly version: string;
}

/**
 * Starts Prometheus. It finds the Envoys by the pods' annotations, with the relabelling of the community's Helm chart,
 * so its series carry `namespace`, `pod` and the pods' labels as in a real cluster. Debian builds Prometheus without
 * Kubernetes discovery; the same meta labels come over HTTP from the pods' program instead.
 */
export async function startPrometheus(
  programDir: string,
  worldUrl: string,
  processes: Processes,
  runDir: string,
): Promise<PrometheusPeer> {
  const dir = join(runDir, 'prometheus');
  await mkdir(dir, { recursive: true });
  const configFile = join(dir, 'prometheus.yml');
  await writeFile(configFile, JSON.stringify(configuration(worldUrl), null, 2));
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
      // For some seconds after a reload it knows no Alertmanager, and repeats an alert after a minute unless told otherwise.
      '--rules.alert.resend-delay=1s',
    ],
  });
  const url = `http://${nodeAddress}:9090`;
  const wait = { limitMs: 60_000, needs: [prometheus] };
  await waitFor('Prometheus', wait, async () => (await statusOf(`${url}/-/ready`)) === 200);
  const buildInfo = await fetch(`${url}/api/v1/status/buildinfo`, { signal: AbortSignal.timeout(5_000) });
  const { data } = (await buildInfo.json()) as { data: { version: string } };
  return { url, version: data.version };
}

function configuration(worldUrl: string) {
  const annotation = (name: string) => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;
  const pods = {
    job_name: 'kubernetes-pods',
    // `usedonly`: an Envoy lists thousands of series that never moved.
    params: { usedonly: [''] },
    http_sd_configs: [{ url: `${worldUrl}/_targets`, refresh_interval: '2s' }],
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
  const extra = {
    job_name: 'extra',
    // What a suite exposes carries the labels it is meant to have.
    honor_labels: true,
    http_sd_configs: [{ url: `${worldUrl}/_extraTargets`, refresh_interval: '2s' }],
  };
  return {
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '2s' },
    // A suite that wants alerts starts an Alertmanager there, writes rules and reloads.
    rule_files: ['rules/*.json'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`${nodeAddress}:9093`] }] }] },
    scrape_configs: [
      pods,
      { job_name: 'prometheus', static_configs: [{ targets: ['127.0.0.1:9090'] }] },
      extra,
    ],
  };
}
