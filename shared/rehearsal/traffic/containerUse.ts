import type { RequestRow } from './counters.ts';
import type { MeshPod } from './mesh.ts';

/** What an application of the fleet may use, as its containers declare. */
export const applicationMemoryMebibytes = 512;

/** What one request keeps a processor busy for. */
const secondsPerRequest = 0.003;
/** What runs without any request. */
const idleCores = 0.02;
/** So many pods at most are counted: who rehearses with thousands of them looks at the map. */
const mostPods = 300;

interface Counted {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a kubelet counts of the fleet's applications; `catalog` holds nearly all the memory it may, as its restart tells. */
export function containerUse(
  pods: readonly MeshPod[],
  requests: Iterable<RequestRow>,
  atMs: number,
): readonly Counted[] {
  if (pods.length > mostPods) return [];
  const answered = new Map<string, number>();
  for (const { reporter, labels, count } of requests) {
    if (labels['reporter'] !== 'destination') continue;
    answered.set(reporter, (answered.get(reporter) ?? 0) + count);
  }
  const seconds = atMs / 1000;
  return pods.flatMap(({ id, name: pod, namespace, labels: has }) => {
    const container = has['app'] ?? '';
    if (container === '') return [];
    const labels = { namespace, pod, container, job: 'kubelet', metrics_path: '/metrics/cadvisor' };
    const full = container === 'catalog' ? 0.94 : 0.35 + (pod.length % 7) / 30;
    return [
      {
        name: 'container_cpu_usage_seconds_total',
        labels,
        value: idleCores * seconds + secondsPerRequest * (answered.get(id) ?? 0),
      },
      {
        name: 'container_memory_working_set_bytes',
        labels,
        value: Math.round(full * applicationMemoryMebibytes) * 2 ** 20,
      },
      { name: 'container_cpu_cfs_periods_total', labels, value: Math.floor(seconds * 10) },
      { name: 'container_cpu_cfs_throttled_periods_total', labels, value: Math.floor(seconds * 0.1) },
    ];
  });
}
