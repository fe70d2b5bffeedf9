import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { InProxies } from '../../model/change.ts';
import { configsOf, type HeldHost, secondsMs } from './held.ts';
import { targetOf } from './names.ts';

const seconds = z.string().transform(secondsMs).nullable().default(null);
const count = z.number().nullable().default(null);
const Sent = z.object({
  cluster: z.object({
    name: z.string(),
    circuit_breakers: z
      .object({
        thresholds: z
          .array(
            z.object({
              priority: z.string().default('DEFAULT'),
              max_connections: count,
              max_pending_requests: count,
              max_requests: count,
            }),
          )
          .default([]),
      })
      .optional(),
    outlier_detection: z
      .object({
        consecutive_5xx: count,
        interval: seconds,
        base_ejection_time: seconds,
        max_ejection_percent: count,
        enforcing_consecutive_5xx: count,
      })
      .optional(),
    transport_socket: z
      .object({ typed_config: z.object({ sni: z.string().optional() }).optional() })
      .optional(),
    cluster_type: z
      .object({ typed_config: z.object({ clusters: z.array(z.string()).default([]) }).optional() })
      .optional(),
  }),
});
type Cluster = z.infer<typeof Sent>['cluster'];

/** Settings that a proxy was sent, by the name of their cluster. */
export type SentClusters = ReadonlyMap<string, Cluster>;

export const readSent = (dump: unknown): SentClusters =>
  new Map(
    configsOf(dump).flatMap((one) => {
      const cluster = Sent.safeParse(one).data?.cluster;
      return cluster === undefined ? [] : [[cluster.name, cluster] as const];
    }),
  );

/**
 * The clusters whose own settings hold: one with a failover is an aggregate of others (`failover-target~0~…` and on), and has
 * none of its own.
 */
export function membersOf(cluster: string, sent: SentClusters): string[] {
  const members = sent.get(cluster)?.cluster_type?.typed_config?.clusters ?? [];
  return members.length === 0 ? [cluster] : members;
}

/** What of an expectation a proxy does not hold, in words; null where it holds all of it. */
export function differenceFrom(
  host: HeldHost,
  sent: SentClusters,
  { limits, ejection, everyCall, failover, route }: InProxies,
): string | null {
  const used = host.shares.filter(({ share }) => share > 0).map(({ cluster }) => cluster);
  const clusters = used.flatMap((one) => membersOf(one, sent)).map((name) => sent.get(name));
  if (used.length === 0 || clusters.includes(undefined)) return 'has not all of its clusters yet';
  for (const cluster of clusters) {
    if (limits !== undefined && !isDeepStrictEqual(limitsOf(cluster), limits))
      return `holds other limits (${say(limitsOf(cluster))})`;
    if (ejection !== undefined && !isDeepStrictEqual(ejectionOf(cluster), ejection))
      return `ejects otherwise (${say(ejectionOf(cluster))})`;
  }
  if (everyCall !== undefined) {
    const open = host.routes.find((one) => one.open);
    const held = { timeoutMs: open?.timeoutMs ?? null, retries: open?.retries ?? null };
    if (!isDeepStrictEqual(held, everyCall)) return `holds another time-out or other retries (${say(held)})`;
  }
  if (failover !== undefined) {
    const hosts = new Set(used.flatMap((one) => failoversOf(one, sent)));
    const holds = failover.host === null ? hosts.size === 0 : hosts.has(failover.host);
    if (!holds) return hosts.size === 0 ? 'fails over to nobody' : `fails over to ${[...hosts].join(', ')}`;
  }
  if (route !== undefined && host.routes.some((one) => isRoute(one, route)) !== route.present)
    return route.present ? 'has no such route' : 'still has this route';
  return null;
}

function limitsOf(cluster: Cluster | undefined): NonNullable<InProxies['limits']> {
  const own = cluster?.circuit_breakers?.thresholds.find(({ priority }) => priority === 'DEFAULT');
  return {
    connections: own?.max_connections ?? null,
    waiting: own?.max_pending_requests ?? null,
    requests: own?.max_requests ?? null,
  };
}

function ejectionOf(cluster: Cluster | undefined): NonNullable<InProxies['ejection']> {
  const own = cluster?.outlier_detection;
  return {
    consecutive5xx: own?.consecutive_5xx ?? null,
    intervalMs: own?.interval ?? null,
    baseMs: own?.base_ejection_time ?? null,
    maxPercent: own?.max_ejection_percent ?? null,
    enforcingPercent: own?.enforcing_consecutive_5xx ?? null,
  };
}

/** Hosts to which a cluster turns when its first member has no instance left: the members are all named after the first. */
const failoversOf = (cluster: string, sent: SentClusters): string[] =>
  membersOf(cluster, sent)
    .slice(1)
    .flatMap((name) => targetOf(sent.get(name)?.transport_socket?.typed_config?.sni ?? '')?.host ?? []);

function isRoute(
  { match, to }: HeldHost['routes'][number],
  wanted: NonNullable<InProxies['route']>,
): boolean {
  const [only] = to;
  if (only === undefined || to.length > 1 || only.host !== wanted.to.host) return false;
  if (wanted.to.subset !== null && only.subset !== wanted.to.subset) return false;
  return isDeepStrictEqual(asked(match), {
    path: wanted.path,
    headers: wanted.headers.toSorted((a, b) => a.name.localeCompare(b.name)),
  });
}

const Asked = z.object({
  prefix: z.string().optional(),
  path: z.string().optional(),
  headers: z
    .array(
      z.object({
        name: z.string(),
        string_match: z
          .object({
            exact: z.string().optional(),
            prefix: z.string().optional(),
            safe_regex: z.object({ regex: z.string() }).optional(),
          })
          .optional(),
      }),
    )
    .default([]),
});

type Header = NonNullable<InProxies['route']>['headers'][number];

/** What Envoy asks of a request, in our words; null where it is more than that. */
function asked(match: unknown): Pick<NonNullable<InProxies['route']>, 'path' | 'headers'> | null {
  const read = Asked.safeParse(match).data;
  if (read === undefined) return null;
  const { prefix, path } = read;
  const headers = read.headers.flatMap(({ name, string_match: text }): Header[] => {
    if (text?.exact !== undefined) return [{ name, how: 'exact', value: text.exact }];
    if (text?.prefix !== undefined) return [{ name, how: 'prefix', value: text.prefix }];
    return text?.safe_regex === undefined ? [] : [{ name, how: 'regex', value: text.safe_regex.regex }];
  });
  if (headers.length < read.headers.length) return null;
  return {
    path:
      path !== undefined
        ? { how: 'exact', value: path }
        : prefix === undefined || prefix === '/'
          ? null
          : { how: 'prefix', value: prefix },
    headers: headers.sort((a, b) => a.name.localeCompare(b.name)),
  };
}

const say = (held: Readonly<Record<string, number | null>>): string =>
  Object.entries(held)
    .map(([key, value]) => `${key} ${value ?? 'its own'}`)
    .join(', ');
