import type { LimitKind, ProxySighting, SightingsObservation } from '../../model/observations.ts';
import type { SightingSource } from '../kit/connector.ts';
import type { Series } from './answers.ts';
import type { Asking } from './asking.ts';
import { ENDS, envoy, parseCluster, proxyOf } from './dialects/envoy.ts';
import { quote, selector } from './promql.ts';

/** Counters of callers are looked at over this long, and over four scrapes where those are rare. */
const leastWindowSeconds = 60;
const leastKeptMs = 5_000;
const mostKept = 16;
/** Which of several readings a series belongs to. */
const PART = 'podium_part';

const breaker = (name: string): string => `envoy_cluster_circuit_breakers_default_${name}_open`;
const limits: readonly (readonly [LimitKind, string])[] = [
  ['waiting', breaker('rq_pending')],
  ['connections', breaker('cx')],
  ['retries', breaker('rq_retry')],
];
/** Newer Envoys count a full limit on requests apart from one on waiting requests (cluster statistics). */
const overflows = ['envoy_cluster_upstream_rq_pending_overflow', 'envoy_cluster_upstream_rq_active_overflow'];

/** A sighting while its series are put together. */
interface Draft {
  readonly proxy: Pick<ProxySighting, 'namespace' | 'instance' | 'host' | 'subset'>;
  reached: Set<LimitKind> | null;
  refused: number | null;
  ejected: number | null;
  ejections: number | null;
}

/**
 * What Envoy's own statistics say. Proxies of Istio's export none of them unless told to (proxyStatsMatcher): then one query
 * finds that out, and no more is sent.
 */
export function createSightings(
  begin: () => Asking,
  clock: { now(): number },
  about: () => { readonly source: string; readonly scrapeIntervalSeconds: number },
): SightingSource {
  const kept = new Map<string, { readonly readAt: number; readonly observed: SightingsObservation }>();

  async function ask(hosts: readonly string[], signal: AbortSignal): Promise<SightingsObservation> {
    const { source, scrapeIntervalSeconds } = about();
    const windowSeconds = Math.ceil(Math.max(leastWindowSeconds, 4 * scrapeIntervalSeconds));
    const asking = begin();
    const matchers = envoy.toHosts(hosts).flat();
    const by = ENDS.join(',');
    const now = (metric: string) => selector(metric, matchers);
    // The gauge is a momentary sample, written only when a request comes or goes (resource_manager_impl.h).
    const most = (metric: string) => `max_over_time(${now(metric)}[${windowSeconds}s])`;
    const grown = (metric: string) => `increase(${now(metric)}[${windowSeconds}s])`;
    /** Several readings in one query, told apart by a label: an inspector that is left open asks again and again. */
    const read = async (expressions: readonly string[]): Promise<readonly (readonly Series[])[]> => {
      if (expressions.length === 0) return [];
      const parts = expressions.map(
        (one, i) => `label_replace(max by (${by}) (${one}),"${PART}",${quote(String(i))},"","")`,
      );
      const series = await asking.vector(parts.join(' or '), signal);
      return expressions.map((_, i) => series.filter(({ labels }) => labels[PART] === String(i)));
    };

    const [requests = [], ejected = []] = await read([
      most(breaker('rq')),
      now('envoy_cluster_outlier_detection_ejections_active'),
    ]);
    const drafts = new Map<string, Draft>();
    const noteRefused = (series: readonly Series[]) =>
      note(drafts, series, (draft, value) => (draft.refused = (draft.refused ?? 0) + value));
    const noteEjections = (series: readonly Series[]) =>
      note(drafts, series, (draft, value) => (draft.ejections = value));
    noteLimit(drafts, 'requests', requests);
    note(drafts, ejected, (draft, value) => (draft.ejected = value));
    const more: readonly (readonly [string, (series: readonly Series[]) => void])[] = [
      ...(requests.length === 0
        ? []
        : [
            ...limits.map(
              ([kind, metric]) =>
                [most(metric), (series: readonly Series[]) => noteLimit(drafts, kind, series)] as const,
            ),
            ...overflows.map((metric) => [grown(metric), noteRefused] as const),
          ]),
      ...(ejected.length === 0
        ? []
        : [[grown('envoy_cluster_outlier_detection_ejections_enforced_total'), noteEjections] as const]),
    ];
    (await read(more.map(([expression]) => expression))).forEach((series, i) => more[i]?.[1](series));
    const at = [...requests, ...ejected][0]?.samples.at(-1)?.[0];
    return {
      source: `${source} · statistics of the callers’ proxies`,
      at: at === undefined ? clock.now() : asking.toOurTime(at),
      windowSeconds,
      proxies: [...drafts.values()].map(({ proxy, reached, ...figures }) => ({
        ...proxy,
        ...figures,
        reached: reached === null ? null : [...reached].sort(),
      })),
      unheard: withoutStatistics,
      problems: asking.problems(),
    };
  }

  return {
    async read(hosts, signal) {
      if (hosts.length === 0) return { ...nothing(about().source, clock), unheard: withoutStatistics };
      const key = [...hosts].sort().join();
      const known = kept.get(key);
      // Between two scrapes there is nothing new to ask for.
      const freshMs = Math.max(leastKeptMs, 1_000 * about().scrapeIntervalSeconds);
      if (known !== undefined && clock.now() - known.readAt < freshMs) return known.observed;
      const observed = await ask(hosts, signal);
      kept.delete(key);
      kept.set(key, { readAt: clock.now(), observed });
      for (const old of kept.keys()) {
        if (kept.size <= mostKept) break;
        kept.delete(old);
      }
      return observed;
    },
  };
}

/**
 * Of Consul's mesh nothing is heard here: its bootstrap takes cluster names apart, and a scrape names no instance that the
 * registry knows. The proxies themselves say it, where they may be asked.
 */
export function createConsulSightings(source: string, clock: { now(): number }): SightingSource {
  return {
    read: () => Promise.resolve({ ...nothing(source, clock), unheard: notAsked }),
  };
}

const nothing = (source: string, clock: { now(): number }): Omit<SightingsObservation, 'unheard'> => ({
  source,
  at: clock.now(),
  windowSeconds: 0,
  proxies: [],
  problems: [],
});

const notAsked: SightingsObservation['unheard'] = {
  why: 'none may be asked at its admin endpoint, and a Prometheus does not tell them apart',
  setting: `# in the registration of each sidecar, within what this connection “May lead to”
Meta {
  envoy-admin-address = "10.0.0.1:19000"
}
`,
};

/** What proxies of Istio's have to be told so that limits and ejections can be seen at work. */
const withoutStatistics: SightingsObservation['unheard'] = {
  why: 'none exports Envoy’s statistics of them',
  setting: `# on the workload's pod template; its pods have to be restarted
metadata:
  annotations:
    proxy.istio.io/config: |
      proxyStatsMatcher:
        inclusionRegexps:
          - ".*circuit_breakers.*"
          - ".*outlier_detection.*"
          - ".*upstream_(rq|cx)_.*"
`,
};

function noteLimit(drafts: Map<string, Draft>, kind: LimitKind, series: readonly Series[]): void {
  note(drafts, series, (draft, value) => {
    draft.reached ??= new Set();
    if (value > 0) draft.reached.add(kind);
  });
}

function note(
  drafts: Map<string, Draft>,
  series: readonly Series[],
  take: (draft: Draft, value: number) => void,
): void {
  for (const { labels, samples } of series) {
    const value = samples.at(-1)?.[1];
    const cluster = parseCluster(labels['cluster_name']);
    const proxy = proxyOf(labels);
    if (value === undefined || !Number.isFinite(value) || cluster === null || proxy === null) continue;
    const { host, subset } = cluster;
    const key = JSON.stringify([proxy.namespace, proxy.instance, host, subset]);
    const draft = drafts.get(key) ?? {
      proxy: { ...proxy, host, subset },
      reached: null,
      refused: null,
      ejected: null,
      ejections: null,
    };
    drafts.set(key, draft);
    take(draft, value);
  }
}
