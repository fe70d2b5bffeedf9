import { z } from 'zod';
import type { Connector, ConnectorHost, Session, SignalSource } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import type { SignalsObservation } from '../kit/signals.ts';
import { createApi } from './api.ts';
import { createAsking, type Asking, type PeerMemory } from './asking.ts';
import { readCounters, scrapeIntervalOf } from './counters.ts';
import type { Dialect } from './dialect.ts';
import { consul } from './dialects/consul.ts';
import { envoy } from './dialects/envoy.ts';
import { istio } from './dialects/istio.ts';
import { readInstanceRates } from './instanceRates.ts';
import { readLines } from './lines.ts';
import { selector } from './promql.ts';
import { readSignals } from './reading.ts';
import { createRejects } from './rejects.ts';
import { createConsulSightings, createSightings } from './sightings.ts';

/** What an offer of Prometheus carries; how to reach it is lent beside. */
export const PrometheusSettings = z.object({
  /** Whose metrics to read, where one Prometheus scrapes the proxies of several meshes; found out when absent. */
  mesh: z.literal('consul').optional(),
});
export type PrometheusSettings = z.infer<typeof PrometheusSettings>;

/** Best first: where a mesh exports both, Istio's own metrics say more. */
const DIALECTS: readonly Dialect[] = [istio, envoy, consul];
/** Metrics can appear later; so often they are looked for. */
const LOOK_AGAIN_MS = 15_000;
/** Assumed until samples tell. */
const USUAL_SCRAPE_SECONDS = 15;
const LEARN_AGAIN_MS = 5 * 60_000;

/** Rates, errors and latency from a Prometheus or anything that speaks its HTTP API. */
export const prometheus: Connector<PrometheusSettings> = {
  id: 'prometheus',
  title: 'Prometheus',
  capabilities: ['signals', 'sightings', 'proof'],
  settings: PrometheusSettings,
  async open(settings, host) {
    const { transport } = host.lent;
    if (transport === undefined) {
      throw new PeerError(
        'unreachable',
        'Prometheus cannot be opened by itself: it is reached through a cluster or by an address you give.',
      );
    }
    const api = createApi(transport);
    const closing = new AbortController();
    const build = await api.buildInfo(closing.signal);
    const memory: PeerMemory = { skewMs: 0, partedUntil: 0 };
    const begin = (): Asking => createAsking(api, host.clock, memory);
    const signals = await createSignals(begin, build, host, dialectsOf(settings), closing.signal);
    const session: Session = {
      peer: build,
      server: transport.route,
      user: null,
      permissions: [],
      warnings: [],
      namespaces: null,
      signals,
      proof: createRejects(begin, host.clock, () => signals.scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS),
      sightings:
        settings.mesh === 'consul'
          ? createConsulSightings(productOf(build), host.clock)
          : createSightings(begin, host.clock, () => ({
              source: productOf(build),
              scrapeIntervalSeconds: signals.scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS,
            })),
      [Symbol.asyncDispose]: () => {
        closing.abort(new Error('the connection was closed'));
        return Promise.resolve();
      },
    };
    return session;
  },
};

const dialectsOf = ({ mesh }: PrometheusSettings): readonly Dialect[] =>
  mesh === undefined ? DIALECTS : DIALECTS.filter(({ id }) => id === mesh);

async function createSignals(
  begin: () => Asking,
  build: { readonly product: string; readonly version: string },
  host: ConnectorHost,
  dialects: readonly Dialect[],
  closed: AbortSignal,
): Promise<SignalSource> {
  const { clock } = host;
  let dialect: Dialect | null = null;
  /** Named in the source line also while none of its samples are left. */
  let lastDialect: Dialect | null = null;
  let lookedAt = -Infinity;
  let scrapeIntervalSeconds: number | null = null;
  let learnedAt = -Infinity;
  /** Hosts whose own side reports nothing although workloads are named: seen in the last reading. */
  let unreported: readonly string[] = [];

  const product = productOf(build);
  const source = (): string => `${product} · ${lastDialect?.title ?? 'no metrics of a mesh yet'}`;
  const withClosed = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closed]);

  async function detect(asking: Asking, signal: AbortSignal): Promise<Dialect | null> {
    if (dialect !== null || clock.now() - lookedAt < LOOK_AGAIN_MS) return dialect;
    const found = await Promise.all(
      dialects.map(async (one) => {
        const { metric, matchers } = one.requests;
        return (await asking.vector(`count(${selector(metric, matchers)})`, signal)).length > 0;
      }),
    );
    lookedAt = clock.now();
    dialect = dialects.find((_, i) => found[i]) ?? null;
    lastDialect = dialect ?? lastDialect;
    return dialect;
  }

  /** One series' raw samples say how often the peer scrapes; nothing else of its API does so everywhere. */
  async function learnScrape(asking: Asking, chosen: Dialect, signal: AbortSignal): Promise<void> {
    if (clock.now() - learnedAt < (scrapeIntervalSeconds === null ? LOOK_AGAIN_MS : LEARN_AGAIN_MS)) return;
    learnedAt = clock.now();
    const { metric, matchers } = chosen.requests;
    const [one] = await asking.vector(`topk(1, ${selector(metric, matchers)})`, signal);
    if (one === undefined) return;
    const labels = Object.entries(one.labels).filter(([label]) => label !== '__name__');
    const select = selector(
      metric,
      labels.map(([label, value]) => ({ label, is: 'equal' as const, values: [value] })),
    );
    scrapeIntervalSeconds =
      scrapeIntervalOf(await asking.samples(`${select}[5m]`, signal)) ?? scrapeIntervalSeconds;
  }

  async function chosenFor(asking: Asking, signal: AbortSignal): Promise<Dialect | null> {
    const chosen = await detect(asking, signal);
    if (chosen !== null) {
      // Only a convenience: what reads figures must not fail for it.
      await learnScrape(asking, chosen, signal).catch(() => undefined);
    }
    return chosen;
  }

  const signals: SignalSource = {
    get source() {
      return source();
    },
    get scrapeIntervalSeconds() {
      return scrapeIntervalSeconds;
    },
    async read(windowSeconds, signal) {
      const asking = begin();
      const limit = withClosed(signal);
      const chosen = await chosenFor(asking, limit);
      const shell = { source: source(), observedAt: clock.now(), windowSeconds };
      if (chosen === null) {
        return {
          ...shell,
          newestSampleAt: null,
          calls: [],
          latency: [],
          queries: asking.queries,
          problems: [...asking.problems(), noMetrics(dialects)],
        };
      }
      const reading = await readSignals(asking, chosen, windowSeconds, limit);
      unreported = hostsWithoutReports(reading.calls);
      // Everything gone: perhaps another kind of proxy took over. What reported before is looked for first.
      if (reading.newestSampleAt === null) dialect = null;
      const problems = [
        ...asking.problems(),
        ...staleness(reading.newestSampleAt, clock.now(), scrapeIntervalSeconds),
      ];
      return { ...shell, ...reading, observedAt: clock.now(), queries: asking.queries, problems };
    },
    async series(read, signal) {
      const asking = begin();
      const limit = withClosed(signal);
      const chosen = await chosenFor(asking, limit);
      if (chosen === null)
        return { from: read.from, stepSeconds: read.stepSeconds, lines: [], problems: [noMetrics(dialects)] };
      const observed = await readLines(asking, chosen, read, unreported, limit);
      return { ...observed, problems: [...asking.problems(), ...observed.problems] };
    },
    async counters(read, signal) {
      const asking = begin();
      const limit = withClosed(signal);
      const chosen = await chosenFor(asking, limit);
      if (chosen === null) return { source: source(), series: [], problems: [noMetrics(dialects)] };
      const scrape = scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS;
      const observed = await readCounters(asking, chosen, read, scrape, clock.now(), limit);
      return { source: source(), ...observed, problems: [...asking.problems(), ...observed.problems] };
    },
    async instanceRates(instances, signal) {
      const asking = begin();
      const limit = withClosed(signal);
      const chosen = await chosenFor(asking, limit);
      if (chosen === null)
        return { source: source(), windowSeconds: 0, rates: [], problems: [noMetrics(dialects)] };
      const scrape = scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS;
      const observed = await readInstanceRates(asking, chosen, instances, scrape, limit);
      return { source: source(), ...observed, problems: [...asking.problems(), ...observed.problems] };
    },
  };

  // What it holds is worth knowing at once, but a Prometheus that is slow now is still one.
  await chosenFor(begin(), closed).catch((error: unknown) => {
    host.log.warn('could not look for metrics yet', {
      route: host.lent.transport?.route ?? '',
      why: error instanceof Error ? error.message : 'unknown',
    });
  });
  return signals;
}

function noMetrics(dialects: readonly Dialect[]): string {
  const names = [...new Set(dialects.map((one) => one.requests.metric))].join(' nor ');
  return `Prometheus holds neither ${names}: are the mesh’s proxies scraped?`;
}

/** "Prometheus 2.53". */
function productOf(build: { readonly product: string; readonly version: string }): string {
  return [build.product, shortVersion(build.version)].filter((text) => text !== '').join(' ');
}

/** "2.53" of "2.53.0-rc.1": what an operator tells versions by. */
function shortVersion(version: string): string {
  return /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;
}

/** Old samples still give rates for a while; an operator must know that they are of yesterday's traffic. */
function staleness(newestSampleAt: number | null, now: number, scrapeSeconds: number | null): string[] {
  if (newestSampleAt === null)
    return ['No proxy has been scraped in the last five minutes: figures are unknown, not zero'];
  const ageMs = now - newestSampleAt;
  const usualMs = (scrapeSeconds ?? USUAL_SCRAPE_SECONDS) * 1000;
  if (ageMs <= Math.max(3 * usualMs, 30_000)) return [];
  return [`The newest sample is ${Math.round(ageMs / 1000)} s old: scraping seems to have stopped`];
}

function hostsWithoutReports(calls: SignalsObservation['calls']): string[] {
  const reported = new Set<string>();
  const named = new Set<string>();
  for (const { reporter, host, destination } of calls) {
    if (host === null) continue;
    if (reporter === 'destination') reported.add(host);
    else if (destination.workload !== null) named.add(host);
  }
  return [...named].filter((host) => !reported.has(host)).slice(0, 100);
}
