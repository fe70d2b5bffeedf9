import { z } from 'zod';
import type { LimitKind, ProxySighting, SightingsObservation } from '../../model/observations.ts';
import { fewAtOnce } from '../kit/fewAtOnce.ts';
import type { SightingSource } from '../kit/connector.ts';
import { sayError } from '../kit/peerError.ts';
import { readClusters } from './held.ts';
import { targetOf } from './names.ts';
import type { AskedProxy, Proxies } from './proxies.ts';

const Stats = z.object({ stats: z.array(z.unknown()) });
const Stat = z.object({ name: z.string(), value: z.number() });

/** All there is to know about limits and ejections, of every cluster: names of clusters hold what a pattern would take for its own. */
const filter =
  '^cluster[.].*[.](upstream_rq_pending_overflow|upstream_rq_active_overflow|circuit_breakers[.]default[.](cx|rq|rq_pending|rq_retry)_open|outlier_detection[.]ejections_enforced_total)$';
const limits: Readonly<Record<string, LimitKind>> = {
  'circuit_breakers.default.cx_open': 'connections',
  'circuit_breakers.default.rq_open': 'requests',
  'circuit_breakers.default.rq_pending_open': 'waiting',
  'circuit_breakers.default.rq_retry_open': 'retries',
};
const overflows = ['upstream_rq_pending_overflow', 'upstream_rq_active_overflow'];
const enforced = 'outlier_detection.ejections_enforced_total';
const windowMs = 60_000;
/** Two that look at the same time are one look. */
const freshMs = 2_000;
/** Starts are known to about a second on both ends. */
const sameRunMs = 3_000;

/** Counters of one run of a proxy at one time. */
interface Look {
  readonly at: number;
  readonly startedAt: number;
  readonly values: ReadonlyMap<string, number>;
}

/** What proxies say of their limits and ejections; counts are differences between looks, never across a restart. */
export function createSightings(proxies: Proxies, clock: { now(): number }): SightingSource {
  const looks = new Map<string, Look[]>();

  async function see(
    proxy: AskedProxy,
    hosts: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ProxySighting[]> {
    const [stats, statuses] = await Promise.all([
      proxy.api.stats(filter, signal),
      proxy.api.clusters(signal),
    ]);
    const values = valuesOf(stats);
    const key = `${proxy.known.namespace}/${proxy.known.instance} ${proxy.api.route}`;
    const now: Look = { at: clock.now(), startedAt: proxy.startedAt, values };
    const before = (looks.get(key) ?? []).filter(
      ({ at, startedAt }) => now.at - at <= windowMs && Math.abs(startedAt - now.startedAt) < sameRunMs,
    );
    const last = before.at(-1);
    looks.set(key, last !== undefined && now.at - last.at < freshMs ? before : [...before, now]);
    // A proxy younger than the window has counted from 0 within it.
    const young = now.at - now.startedAt < windowMs;
    const grown = (name: string): number | null => {
      const value = values.get(name);
      if (value === undefined) return null;
      const from = young ? 0 : before[0]?.values.get(name);
      return from === undefined ? null : Math.max(0, value - from);
    };
    return (readClusters(statuses) ?? []).flatMap(({ name, ejected }): ProxySighting[] => {
      const target = targetOf(name);
      if (target === null || !hosts.has(target.host)) return [];
      const stat = (one: string): string => `cluster.${name}.${one}`;
      const refused = overflows.map((one) => grown(stat(one))).filter((one) => one !== null);
      const gauges = Object.entries(limits).filter(([one]) => values.has(stat(one)));
      return [
        {
          namespace: proxy.known.namespace,
          instance: proxy.known.instance,
          ...target,
          reached:
            gauges.length === 0
              ? null
              : gauges.filter(([one]) => (values.get(stat(one)) ?? 0) > 0).map(([, kind]) => kind),
          refused: refused.length === 0 ? null : refused.reduce((sum, one) => sum + one, 0),
          ejected,
          ejections: grown(stat(enforced)),
        },
      ];
    });
  }

  return {
    async read(hosts, signal) {
      const { asked, silent } = await proxies.read(signal);
      const problems = silent.map(({ why }) => why);
      const wanted = new Set(hosts);
      const seen = await fewAtOnce(asked, (proxy) =>
        see(proxy, wanted, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          problems.push(sayError(error, `Reading the statistics of ${proxy.known.instance}`));
          return [];
        }),
      );
      // Pods come and go: what a proxy counted then says nothing of any window from now on.
      for (const [key, of] of looks) if (clock.now() - (of.at(-1)?.at ?? 0) > windowMs) looks.delete(key);
      return {
        source: 'Envoy · the callers’ proxies themselves',
        at: clock.now(),
        windowSeconds: windowMs / 1_000,
        proxies: seen.flat(),
        unheard,
        problems,
      };
    },
  };
}

const unheard: SightingsObservation['unheard'] = {
  why: 'no admin endpoint answers here',
  setting: `# in the registration of each of their sidecars, within what this connection “May lead to”
Meta {
  envoy-admin-address = "10.0.0.1:19000"
}
`,
};

function valuesOf(body: unknown): ReadonlyMap<string, number> {
  const all = Stats.safeParse(body).data?.stats ?? [];
  return new Map(
    all.flatMap((one) => {
      // Histograms stand among them, in another shape.
      const read = Stat.safeParse(one).data;
      return read === undefined ? [] : [[read.name, read.value] as const];
    }),
  );
}
