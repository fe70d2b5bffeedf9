import { anySignal } from '../kit/anySignal.ts';
import type { ConnectorHost, SeriesObservation, SignalSource } from '../kit/connector.ts';
import { sayError } from '../kit/peerError.ts';
import type { SignalsObservation } from '../kit/signals.ts';
import type { Asking } from './asking.ts';
import { readCounters, scrapeIntervalOf } from './counters.ts';
import type { Dialect } from './dialect.ts';
import { readInstanceRates } from './instanceRates.ts';
import { readLines } from './lines.ts';
import {
  brokenCounters,
  noMetrics,
  noProxies,
  silence,
  staleness,
  tellsDestination,
  USUAL_SCRAPE_SECONDS,
  whoCallsWhom,
} from './missing.ts';
import { createPresentDialects } from './present.ts';
import { selector } from './promql.ts';
import { readSignals } from './reading.ts';

/** How often scraping is looked at, while nothing is known of it and later. */
const LOOK_AGAIN_MS = 15_000;
const LEARN_AGAIN_MS = 5 * 60_000;

/** Figures of every dialect that one Prometheus holds; who counts a call that two of them know is decided when they are folded. */
export async function createSignals(
  begin: () => Asking,
  product: string,
  host: ConnectorHost,
  dialects: readonly Dialect[],
  closed: AbortSignal,
): Promise<SignalSource> {
  const { clock } = host;
  const present = createPresentDialects(dialects, clock);
  let scrapeIntervalSeconds: number | null = null;
  let learnedAt = -Infinity;
  /** By dialect: hosts whose own side reports nothing although workloads are named, and how much it counted last. */
  const seen = new Map<string, { readonly unreported: readonly string[]; readonly perSecond: number }>();

  const sayOf = ({ title }: Dialect): string => `${product} · ${title}`;
  const source = (): string =>
    present.last.length === 0
      ? `${product} · nothing that counts calls yet`
      : `${product} · ${present.last.map(({ title }) => title).join(', ')}`;
  const withClosed = (signal: AbortSignal): AbortSignal => anySignal([signal, closed]);

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

  async function find(asking: Asking, signal: AbortSignal): Promise<readonly Dialect[]> {
    const found = await present.find(asking, signal);
    // Only a convenience: what reads figures must not fail for it.
    if (found[0] !== undefined) await learnScrape(asking, found[0], signal).catch(() => undefined);
    return found;
  }

  async function readOne(
    asking: Asking,
    dialect: Dialect,
    windowSeconds: number,
    endedSecondsAgo: number | null,
    signal: AbortSignal,
  ): Promise<SignalsObservation> {
    const isNow = endedSecondsAgo === null;
    const { broken, ...reading } = await readSignals(
      asking,
      dialect,
      windowSeconds,
      signal,
      endedSecondsAgo ?? 0,
    );
    const { evidence, seesAllReceived } = dialect;
    const { calls, newestSampleAt } = reading;
    const perSecond = calls.reduce((sum, row) => sum + row.perSecond, 0);
    // What is long over says nothing of now.
    if (isNow) seen.set(dialect.id, { unreported: hostsWithoutReports(calls), perSecond });
    return {
      source: sayOf(dialect),
      evidence,
      ...(seesAllReceived === undefined ? {} : { seesAllReceived }),
      observedAt: clock.now(),
      windowSeconds,
      ...reading,
      queries: 0,
      problems: [
        ...staleness(dialect, newestSampleAt, clock.now(), scrapeIntervalSeconds),
        ...brokenCounters(dialect, broken),
      ],
    };
  }

  const nothing = (problem: string, windowSeconds: number, asking: Asking): SignalsObservation => ({
    source: source(),
    observedAt: clock.now(),
    windowSeconds,
    newestSampleAt: null,
    calls: [],
    latency: [],
    queries: asking.queries,
    problems: [...asking.problems(), ...present.silent.map(silence), problem],
  });

  /** `endedSecondsAgo`: null for what is going on now. */
  async function readAll(
    windowSeconds: number,
    endedSecondsAgo: number | null,
    signal: AbortSignal,
  ): Promise<SignalsObservation> {
    const asking = begin();
    const limit = withClosed(signal);
    const found = await find(asking, limit);
    if (found.length === 0) return nothing(noMetrics(dialects), windowSeconds, asking);
    const read = await Promise.allSettled(
      // Of a time that is over: buckets make most of the series, and connections without requests fail unseen.
      found.map((dialect) =>
        readOne(
          asking,
          endedSecondsAgo === null ? dialect : { ...dialect, latency: null, tcp: null },
          windowSeconds,
          endedSecondsAgo,
          limit,
        ),
      ),
    );
    const [first, ...beside] = read.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    // One kind whose answer is too large or too slow leaves the others' figures as they are.
    if (first === undefined) throw read.find((one) => one.status === 'rejected')?.reason;
    const silent = present.silent.map(silence);
    const failed = read.flatMap((one, i) => {
      const title = found[i]?.title ?? 'metrics';
      return one.status === 'fulfilled' ? [] : `${title}: ${sayError(one.reason, `Reading ${title}`)}`;
    });
    // Everything gone: what reported before is looked for anew.
    const gone = read.flatMap((one, i) =>
      one.status === 'fulfilled' && one.value.newestSampleAt === null ? (found[i]?.id ?? []) : [],
    );
    present.forget(new Set(gone));
    return {
      ...first,
      queries: asking.queries,
      problems: [...asking.problems(), ...first.problems, ...silent, ...failed, ...whoCallsWhom(found, read)],
      ...(beside.length === 0 ? {} : { beside }),
    };
  }

  const signals: SignalSource = {
    asksOnePeer: true,
    get source() {
      return source();
    },
    get scrapeIntervalSeconds() {
      return scrapeIntervalSeconds;
    },
    read: (windowSeconds, signal) => readAll(windowSeconds, null, signal),
    readPast: (windowSeconds, endedSecondsAgo, signal) => readAll(windowSeconds, endedSecondsAgo, signal),
    async series(read, signal) {
      const asking = begin();
      const limit = withClosed(signal);
      const found = await find(asking, limit);
      if (found.length === 0)
        return { from: read.from, stepSeconds: read.stepSeconds, lines: [], problems: [noMetrics(dialects)] };
      const isOverall = (read.scope.hosts ?? []).length === 0 && read.scope.service === undefined;
      const { countedBy } = read.scope;
      const ordered = isOverall
        ? mostCounted(found, seen)
        : firstBy(found, (one) => sayOf(one) === countedBy);
      let best: SeriesObservation | null = null;
      for (const dialect of ordered) {
        const unreported = seen.get(dialect.id)?.unreported ?? [];
        const observed = await readLines(asking, dialect, read, unreported, limit);
        // The first that knows anything of the callee; lines of two would count calls twice.
        const isIt = isOverall || hasFigures(observed);
        if (isIt || best === null) best = { ...observed, source: sayOf(dialect) };
        if (isIt) break;
      }
      if (best === null) throw new Error('nothing was read');
      return { ...best, problems: [...asking.problems(), ...best.problems] };
    },
    async counters(read, signal) {
      const asking = begin();
      const limit = withClosed(signal);
      const found = (await find(asking, limit)).filter(tellsDestination);
      const scrape = scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS;
      for (const dialect of found) {
        const observed = await readCounters(asking, dialect, read, scrape, clock.now(), limit);
        if (observed.series.length === 0 && dialect !== found.at(-1)) continue;
        return {
          source: sayOf(dialect),
          ...observed,
          problems: [...asking.problems(), ...observed.problems],
        };
      }
      const lost = present.silent.filter(tellsDestination).map(silence);
      return { source: source(), series: [], problems: [...lost, noProxies(present.last, dialects)] };
    },
    async instanceRates(instances, signal) {
      const asking = begin();
      const limit = withClosed(signal);
      const found = await find(asking, limit);
      const chosen = found.find(({ perInstance }) => perInstance !== null) ?? found[0];
      if (chosen === undefined)
        return { source: source(), windowSeconds: 0, rates: [], problems: [noMetrics(dialects)] };
      const scrape = scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS;
      const observed = await readInstanceRates(asking, chosen, instances, scrape, limit);
      return {
        source: sayOf(chosen),
        ...observed,
        problems: [...asking.problems(), ...observed.problems],
      };
    },
  };

  // What it holds is worth knowing at once, but a Prometheus that is slow now is still one.
  await find(begin(), closed).catch((error: unknown) => {
    host.log.warn('could not look for metrics yet', {
      route: host.lent.transport?.route ?? '',
      why: error instanceof Error ? error.message : 'unknown',
    });
  });
  return signals;
}

/** What counts most tells most of everything; sums over two would count calls twice. */
function mostCounted(
  found: readonly Dialect[],
  seen: ReadonlyMap<string, { readonly perSecond: number }>,
): readonly Dialect[] {
  const of = ({ id }: Dialect): number => seen.get(id)?.perSecond ?? 0;
  return found.toSorted((a, b) => of(b) - of(a));
}

/** The wanted one before the others, which keep their order. */
const firstBy = (found: readonly Dialect[], isFirst: (one: Dialect) => boolean): readonly Dialect[] => [
  ...found.filter(isFirst),
  ...found.filter((one) => !isFirst(one)),
];

const hasFigures = ({ lines }: SeriesObservation): boolean =>
  lines.some(({ requestsPerSecond }) => requestsPerSecond.some((value) => value !== null));

/** What of a reading its callees do not report themselves: the host, or the workload where none is named. */
function hostsWithoutReports(calls: SignalsObservation['calls']): string[] {
  const reported = new Set<string>();
  const named = new Set<string>();
  for (const { reporter, host, destination } of calls) {
    const { namespace, workload } = destination;
    const callee = host ?? (workload === null ? null : `${namespace ?? ''}/${workload}`);
    if (callee === null) continue;
    if (reporter === 'destination') reported.add(callee);
    else if (workload !== null) named.add(callee);
  }
  return [...named].filter((callee) => !reported.has(callee)).slice(0, 100);
}
