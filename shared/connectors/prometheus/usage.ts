import { anySignal } from '../kit/anySignal.ts';
import type { UsageObservation, UsageSource } from '../kit/usage.ts';
import type { NamespacedName } from '../../model/topology.ts';
import type { Series } from './answers.ts';
import type { Asking } from './asking.ts';
import { selector, sumBy } from './promql.ts';

/** Kubelets are often scraped but once a minute, and two samples are needed. */
const lookBackSeconds = 240;
/** The expressions name every one of them. */
const mostInstances = 200;
const labels = ['namespace', 'pod', 'container'] as const;

/** What cAdvisor, a part of every kubelet, counted of containers. */
export function createUsageSource(begin: () => Asking, product: string, closed: AbortSignal): UsageSource {
  return {
    tellsThrottling: true,
    async read(instances, signal) {
      if (instances.length === 0) return null;
      const asking = begin();
      const observed = await readUses(asking, instances, anySignal([signal, closed]));
      if (observed.uses.length === 0) return null;
      const left = instances.length - mostInstances;
      return {
        source: `${product} · cAdvisor`,
        ...observed,
        problems: [
          ...asking.problems(),
          ...(left > 0 ? [`What ${left} more instances use was not asked for.`] : []),
        ],
      };
    },
  };
}

async function readUses(
  asking: Asking,
  instances: readonly NamespacedName[],
  signal: AbortSignal,
): Promise<Pick<UsageObservation, 'uses'>> {
  const asked = instances.slice(0, mostInstances);
  const of = (metric: string): string =>
    selector(metric, [
      { label: 'namespace', is: 'oneOf', values: [...new Set(asked.map((one) => one.namespace))] },
      { label: 'pod', is: 'oneOf', values: asked.map(({ name }) => name) },
      // Without a name: the whole pod once more. POD: what only holds its network.
      { label: 'container', is: 'notPattern', values: ['', 'POD'] },
    ]);
  // The greatest of several: where two jobs scrape one kubelet, everything is there twice.
  const most = (expression: string): string => `max by (${labels.join(',')}) (${expression})`;
  // Between the last two samples: a rate over so long would call an instance that has just begun idle.
  const perSecond = (metric: string): string => `irate(${of(metric)}[${lookBackSeconds}s])`;
  const [cpu, memory, throttled] = await Promise.all([
    asking.vector(most(perSecond('container_cpu_usage_seconds_total')), signal),
    asking.vector(most(of('container_memory_working_set_bytes')), signal),
    // Both sides are there as often as each other. Without a CPU limit there are no periods, and no series.
    asking.vector(
      `${sumBy(labels, perSecond('container_cpu_cfs_throttled_periods_total'))} / ${sumBy(labels, perSecond('container_cpu_cfs_periods_total'))}`,
      signal,
    ),
  ]);
  const cpuOf = byContainer(cpu);
  const memoryOf = byContainer(memory);
  const throttledOf = byContainer(throttled);
  const known = new Map(asked.map((one) => [`${one.namespace}/${one.name}`, one]));
  const uses = [...new Set([...cpuOf.keys(), ...memoryOf.keys()])].flatMap((key) => {
    const [namespace = '', pod = '', container = ''] = key.split('/');
    const instance = known.get(`${namespace}/${pod}`);
    if (instance === undefined) return [];
    return [
      {
        namespace: instance.namespace,
        name: instance.name,
        container,
        cpuCores: cpuOf.get(key) ?? null,
        memoryBytes: memoryOf.get(key) ?? null,
        throttledRatio: throttledOf.get(key) ?? null,
      },
    ];
  });
  return { uses };
}

/** By "namespace/pod/container", none of which can hold a slash; what is no number (0 of 0 periods) is left out. */
function byContainer(series: readonly Series[]): Map<string, number> {
  return new Map(
    series.flatMap(({ labels: has, samples }) => {
      const value = samples.at(-1)?.[1];
      if (value === undefined || !Number.isFinite(value) || value < 0) return [];
      return [[labels.map((label) => has[label] ?? '').join('/'), value] as const];
    }),
  );
}
