import type { Asking } from './asking.ts';
import type { Dialect } from './dialect.ts';
import { envoy } from './dialects/envoy.ts';
import { consul } from './dialects/consul.ts';
import { contour } from './dialects/contour.ts';
import { haproxy } from './dialects/haproxy.ts';
import { hubble, olderHubble } from './dialects/hubble.ts';
import { ingressNginx } from './dialects/ingressNginx.ts';
import { istio } from './dialects/istio.ts';
import { kong } from './dialects/kong.ts';
import { linkerd } from './dialects/linkerd.ts';
import { linkerdGrpcRoutes, linkerdHttpRoutes } from './dialects/linkerdRoutes.ts';
import { micrometerClient, micrometerServer } from './dialects/micrometer.ts';
import { nginxIngress, nginxPlusIngress } from './dialects/nginxIngress.ts';
import {
  olderOtelClient,
  olderOtelServer,
  otelClient,
  otelServer,
  plainOtelClient,
  plainOtelServer,
} from './dialects/opentelemetry.ts';
import { serviceGraph } from './dialects/serviceGraph.ts';
import { springGateway } from './dialects/springGateway.ts';
import { traefik } from './dialects/traefik.ts';
import { quote, selector } from './promql.ts';
import { countersOf } from './reading.ts';

/** Best evidence first, so that the first that knows something of a call knows most. */
export const DIALECTS: readonly Dialect[] = [
  istio,
  envoy,
  linkerd,
  linkerdHttpRoutes,
  linkerdGrpcRoutes,
  consul,
  hubble,
  olderHubble,
  serviceGraph,
  otelClient,
  plainOtelClient,
  olderOtelClient,
  micrometerClient,
  springGateway,
  ingressNginx,
  traefik,
  contour,
  kong,
  haproxy,
  nginxIngress,
  nginxPlusIngress,
  otelServer,
  plainOtelServer,
  olderOtelServer,
  micrometerServer,
];

/** Metrics can appear later; so often they are looked for while there are none, and while there are some. */
const LOOK_AGAIN_MS = 15_000;
const LOOK_FOR_MORE_MS = 5 * 60_000;

/** Which dialects a Prometheus holds series of. */
export interface PresentDialects {
  /** As they are now, best first; with the names of latency that are there. Looks only when it is time to. */
  find(asking: Asking, signal: AbortSignal): Promise<readonly Dialect[]>;
  /** Nothing of these has been scraped lately: perhaps another kind of proxy took over. */
  forget(gone: ReadonlySet<string>): void;
  /** What was there last, also while no sample of it is left. */
  readonly last: readonly Dialect[];
  /** What was there, is not now, and is not told by what took its place. */
  readonly silent: readonly Dialect[];
}

export function createPresentDialects(
  dialects: readonly Dialect[],
  clock: { now(): number },
): PresentDialects {
  let present: readonly Dialect[] = [];
  let last: readonly Dialect[] = [];
  let lookedAt = -Infinity;
  const known = new Set<string>();

  const silent = (): readonly Dialect[] => {
    const here = new Set(present.map(({ id }) => id));
    const replaced = new Set(present.flatMap(({ unless = [] }) => unless));
    return dialects.filter(
      ({ id, unless = [] }) =>
        known.has(id) && !here.has(id) && !replaced.has(id) && !unless.some((other) => here.has(other)),
    );
  };

  return {
    async find(asking, signal) {
      const pauseMs = present.length === 0 || silent().length > 0 ? LOOK_AGAIN_MS : LOOK_FOR_MORE_MS;
      if (clock.now() - lookedAt < pauseMs) return present;
      const found = new Set(
        (await asking.vector(lookFor(dialects), signal)).flatMap(({ labels }) => labels['found'] ?? []),
      );
      lookedAt = clock.now();
      present = dialects
        .filter(
          ({ id, unless = [] }) =>
            (found.has(id) || found.has(countedKey(id, 1))) && !unless.some((other) => found.has(other)),
        )
        .map((dialect) => withLatency(dialect, found));
      if (present.length > 0) last = present;
      for (const { id } of present) known.add(id);
      return present;
    },
    forget(gone) {
      if (gone.size === 0) return;
      present = present.filter(({ id }) => !gone.has(id));
      lookedAt = -Infinity;
    },
    get last() {
      return last;
    },
    get silent() {
      return silent();
    },
  };
}

/** One query for all: a row for each kind of metrics that is there. */
function lookFor(dialects: readonly Dialect[]): string {
  const probes = dialects.flatMap((dialect) => [
    ...countersOf(dialect).map(
      ({ metric, matchers }, i) => [countedKey(dialect.id, i), selector(metric, matchers)] as const,
    ),
    ...(dialect.latencies ?? []).map(({ metric, matchers }, i) => {
      const all = { label: 'le', is: 'equal' as const, values: ['+Inf'] };
      return [latencyKey(dialect.id, i), selector(metric, [...matchers, all])] as const;
    }),
  ]);
  return probes
    .map(([key, select]) => `label_replace(count(${select}),"found",${quote(key)},"","")`)
    .join(' or ');
}

/** The kind's own id stands for calls whose callers count them: others take their place, but not that of strangers' calls. */
const countedKey = (id: string, i: number): string => (i === 0 ? id : `${id} strangers`);

const latencyKey = (id: string, i: number): string => `${id} latency ${i}`;

function withLatency(dialect: Dialect, found: ReadonlySet<string>): Dialect {
  const { id, latency, latencies = [] } = dialect;
  return { ...dialect, latency: latency ?? latencies.find((_, i) => found.has(latencyKey(id, i))) ?? null };
}
