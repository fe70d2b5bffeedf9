import type { NamespacedName } from '../../model/topology.ts';
import type { InstanceRatesObservation } from '../kit/connector.ts';
import type { Asking } from './asking.ts';
import type { Dialect } from './dialect.ts';
import { rate, selector, sumBy } from './promql.ts';

/** Looked at over this long, and over four scrapes where those are rare: less has too few samples for a rate. */
const leastWindowSeconds = 20;
/** The expression names every one of them. */
const mostInstances = 200;

/** Asks for what single instances answered, in one query. Rates of those whose proxies nobody scrapes are missing. */
export async function readInstanceRates(
  asking: Asking,
  { perInstance }: Dialect,
  instances: readonly NamespacedName[],
  scrapeSeconds: number,
  signal: AbortSignal,
): Promise<Pick<InstanceRatesObservation, 'windowSeconds' | 'rates' | 'problems'>> {
  const windowSeconds = Math.ceil(Math.max(leastWindowSeconds, 4 * scrapeSeconds));
  if (perInstance === null || instances.length === 0) return { windowSeconds, rates: [], problems: [] };
  const asked = instances.slice(0, mostInstances);
  const { requests, namespace, pod } = perInstance;
  const select = selector(requests.metric, [
    ...requests.matchers,
    { label: namespace, is: 'oneOf', values: [...new Set(asked.map((one) => one.namespace))] },
    { label: pod, is: 'oneOf', values: asked.map(({ name }) => name) },
  ]);
  const series = await asking.vector(sumBy([namespace, pod], rate(select, windowSeconds)), signal);
  const rates = series.flatMap(({ labels, samples }) => {
    const requestsPerSecond = samples.at(-1)?.[1];
    const name = labels[pod];
    const found = asked.find((one) => one.name === name && one.namespace === labels[namespace]);
    return found === undefined || requestsPerSecond === undefined || !Number.isFinite(requestsPerSecond)
      ? []
      : [{ ...found, requestsPerSecond }];
  });
  const left = instances.length - asked.length;
  return {
    windowSeconds,
    rates,
    problems: left === 0 ? [] : [`Rates of ${left} more instances were not asked for.`],
  };
}
