import { ejectedOf, endEjections, type ProxyState } from './ejection.ts';
import { breakers, ejections, type EnvoyMetric, type Look } from './envoyMetrics.ts';
import { scrapeLabels } from './identity.ts';
import type { MeshPod } from './mesh.ts';
import { reachesOf, type Link, type Network, type Reach } from './network.ts';
import type { Random } from './random.ts';
import { inclusionOf } from './statsInclusion.ts';

/** What one proxy reports of one cluster, when its pod's annotation asks for it. */
export interface EnvoyRow {
  /** The same again for the same proxy and cluster. */
  readonly key: string;
  /** The reporting pod, `namespace/name`. */
  readonly reporter: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The metrics that the annotation lets through. */
  readonly metrics: readonly EnvoyMetric[];
  /** A look at this moment; gauges are what they happen to be. */
  look(): Look;
}

/** The rows of all proxies that are told to report; those that are not have none, as in a real mesh by default. */
export function envoyRowsOf(network: Network, random: Random, now: () => number): readonly EnvoyRow[] {
  const rows = new Map<string, EnvoyRow>();
  for (const link of network.links) {
    const { caller } = link;
    if (caller === null || link.behaviour.protocol === 'tcp') continue;
    for (const reach of reachesOf(link)) {
      caller.pods.forEach((pod, index) => {
        const proxy = reach.proxies[index];
        const row = proxy === undefined ? null : rowOf(link, reach, pod, proxy, random, now);
        if (row !== null) rows.set(row.key, row);
      });
    }
  }
  return [...rows.values()];
}

function rowOf(
  link: Link,
  reach: Reach,
  pod: MeshPod,
  proxy: ProxyState,
  random: Random,
  now: () => number,
): EnvoyRow | null {
  const { cluster } = reach;
  const included = inclusionOf(pod.proxyConfig);
  const stats = cluster.ejection === null ? breakers : [...breakers, ...ejections];
  const metrics = stats.filter(({ stat }) => included(`cluster.${cluster.name};.${stat}`));
  if (metrics.length === 0) return null;
  const http2 = link.behaviour.protocol === 'grpc';
  const { limits } = cluster;
  return {
    key: `${pod.id}|${cluster.name}`,
    reporter: pod.id,
    labels: { ...scrapeLabels(pod), cluster_name: cluster.name },
    metrics,
    look() {
      endEjections(proxy, now());
      const inFlight = drawAtOnce(random, reach.state.offeredAtOnce, reach.limit);
      const pending = http2 || limits.connections === null ? 0 : Math.max(0, inFlight - limits.connections);
      const active = inFlight - pending;
      return {
        proxy,
        limits,
        ejected: ejectedOf(proxy, reach.targets),
        active,
        pending,
        connections: http2 ? Math.min(1, proxy.requests) : active,
      };
    },
  };
}

/** How many are under way when one happens to look: Poisson's distribution, cut off where a limit is (Erlang's system). */
function drawAtOnce(random: Random, mean: number, limit: number | null): number {
  if (limit === null) return random.poisson(mean);
  for (let tries = 0; tries < 20; tries += 1) {
    const drawn = random.poisson(mean);
    if (drawn <= limit) return drawn;
  }
  return limit;
}
