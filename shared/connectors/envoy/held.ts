import { z } from 'zod';
import { type ClusterTarget, targetOf } from './names.ts';

const Weighted = z.object({
  clusters: z.array(z.object({ name: z.string(), weight: z.number().default(0) })),
});
const Route = z.object({
  match: z.looseObject({ prefix: z.string().optional() }).default({}),
  route: z
    .object({
      cluster: z.string().optional(),
      weighted_clusters: Weighted.optional(),
      timeout: z.string().optional(),
      retry_policy: z.object({ num_retries: z.number().optional() }).optional(),
    })
    .optional(),
  direct_response: z.object({ status: z.number() }).optional(),
});
const RouteTable = z.object({
  virtual_hosts: z
    .array(z.object({ name: z.string(), routes: z.array(z.unknown()).default([]) }))
    .default([]),
});

/** Where a proxy sends calls for one host. */
export interface HeldHost {
  readonly name: string;
  /** Of the route for calls that no condition singles out; empty where there is none, or it leads nowhere. */
  readonly shares: readonly (ClusterTarget & { readonly cluster: string; readonly share: number })[];
  /** All of its routes, in the order in which they are tried. */
  readonly routes: readonly HeldRoute[];
}

/** One route of a host. */
export interface HeldRoute {
  /** Takes every request that came so far. */
  readonly open: boolean;
  /** As Envoy prints it. */
  readonly match: Readonly<Record<string, unknown>>;
  /** Where it sends requests; several where they are divided. */
  readonly to: readonly ClusterTarget[];
  /** Null for Envoy's own. */
  readonly timeoutMs: number | null;
  readonly retries: number | null;
}

/** The route tables that a proxy holds: those it was sent by themselves, and those within its listeners. */
export function readHosts(routes: unknown, listeners: unknown): HeldHost[] {
  const sent = configsOf(routes).map((one) => (one as { route_config?: unknown }).route_config);
  return [...sent, ...tablesWithin(configsOf(listeners))].flatMap((table) =>
    (RouteTable.safeParse(table).data?.virtual_hosts ?? []).map(({ name, routes: all }) => ({
      name,
      shares: sharesOf(all),
      routes: all.flatMap((one) => routeOf(one) ?? []),
    })),
  );
}

/** The first route without a condition is the one that calls follow. */
function sharesOf(routes: readonly unknown[]): HeldHost['shares'] {
  const read = routes.flatMap((one) => Route.safeParse(one).data ?? []);
  const targets = targetsOf(read.find(isOpen) ?? {});
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  return targets.flatMap(({ name, weight }) => {
    const target = targetOf(name);
    return target === null ? [] : [{ ...target, cluster: name, share: total === 0 ? 0 : weight / total }];
  });
}

function routeOf(value: unknown): HeldRoute | null {
  const read = Route.safeParse(value).data;
  if (read === undefined) return null;
  return {
    open: isOpen(read),
    match: read.match,
    to: targetsOf(read).flatMap(({ name }) => targetOf(name) ?? []),
    timeoutMs: read.route?.timeout === undefined ? null : secondsMs(read.route.timeout),
    retries: read.route?.retry_policy?.num_retries ?? null,
  };
}

/** Envoy prints times as seconds: "2.500s". */
export const secondsMs = (text: string): number => Math.round(Number.parseFloat(text) * 1_000);

function targetsOf({ route }: Pick<z.infer<typeof Route>, 'route'>): { name: string; weight: number }[] {
  const { cluster, weighted_clusters: weighted } = route ?? {};
  return weighted?.clusters ?? (cluster === undefined ? [] : [{ name: cluster, weight: 1 }]);
}

const isOpen = ({ match }: Pick<z.infer<typeof Route>, 'match'>): boolean =>
  match.prefix === '/' && !isConditional(match);

const isConditional = (match: Readonly<Record<string, unknown>>): boolean =>
  ['headers', 'query_parameters', 'grpc', 'runtime_fraction', 'dynamic_metadata'].some(
    (condition) => match[condition] !== undefined,
  );

export const configsOf = (dump: unknown): readonly unknown[] => {
  const configs = (dump as { readonly configs?: unknown } | null)?.configs;
  return Array.isArray(configs) ? (configs as unknown[]) : [];
};

/** Route tables stand deep within listeners, in their filters' own configuration. */
function tablesWithin(value: unknown, depth = 0): unknown[] {
  if (typeof value !== 'object' || value === null || depth > 12) return [];
  if (Array.isArray(value)) return (value as unknown[]).flatMap((one) => tablesWithin(one, depth + 1));
  return Object.entries(value).flatMap(([key, one]) =>
    key === 'route_config' ? [one as unknown] : tablesWithin(one, depth + 1),
  );
}

const Clusters = z.object({
  cluster_statuses: z.array(
    z.object({
      name: z.string(),
      circuit_breakers: z
        .object({
          thresholds: z
            .array(
              z.object({
                priority: z.string().default('DEFAULT'),
                max_requests: z.number().optional(),
              }),
            )
            .default([]),
        })
        .optional(),
      host_statuses: z
        .array(
          z.object({
            health_status: z.object({ failed_outlier_check: z.boolean().default(false) }).optional(),
          }),
        )
        .default([]),
    }),
  ),
});

/** What a proxy does about one cluster now, runtime overrides included. */
export interface HeldCluster {
  readonly name: string;
  /** A limit of 0: every call is refused at once. */
  readonly refusesAll: boolean;
  /** Instances left out because they failed. */
  readonly ejected: number;
}

/** Null where it is no list of clusters. */
export function readClusters(body: unknown): HeldCluster[] | null {
  const read = Clusters.safeParse(body).data;
  if (read === undefined) return null;
  return read.cluster_statuses.map(({ name, circuit_breakers: breakers, host_statuses: hosts }) => {
    const own = breakers?.thresholds.find(({ priority }) => priority === 'DEFAULT');
    return {
      name,
      // The only limit that holds for every call: a connection that is open, or a first one, is used whatever the others say.
      refusesAll: own?.max_requests === 0,
      ejected: hosts.filter(({ health_status: health }) => health?.failed_outlier_check === true).length,
    };
  });
}
