import type { CountersObservation } from '../kit/connector.ts';
import type { CallRow, CounterRead } from '../kit/signals.ts';
import { isFailed, neverSent } from '../../analysis/callOutcome.ts';
import { keyOf, type Series } from './answers.ts';
import type { Asking } from './asking.ts';
import type { Dialect } from './dialect.ts';
import { type Matcher, selector } from './promql.ts';

type CounterSeries = CountersObservation['series'][number];

/** A sample from before `since` must be in the answer, so that counters that are new can be told from those that are not. */
const BEFORE_SECONDS = 30;
/** Longer looks back would read more than anybody judges by. */
const LONGEST_SECONDS = 3_600;

/** Raw counters of the calls to some hosts, as the proxies that choose the destination count them. */
export async function readCounters(
  asking: Asking,
  dialect: Dialect,
  read: CounterRead,
  scrapeIntervalSeconds: number,
  now: number,
  signal: AbortSignal,
): Promise<Omit<CountersObservation, 'source'>> {
  if (read.hosts.length === 0) return { series: [], problems: ['no host to count calls of'] };
  const wanted = Math.ceil((now - read.since) / 1000) + Math.max(BEFORE_SECONDS, 2 * scrapeIntervalSeconds);
  const seconds = Math.max(1, Math.min(LONGEST_SECONDS, wanted));
  const problems = wanted > LONGEST_SECONDS ? ['only the last hour was counted'] : [];
  const { metric, matchers } = dialect.requests;
  const raw = await askHosts(asking, dialect, metric, matchers, read.hosts, seconds, signal);
  const rows = raw.flatMap((series) => {
    const row = dialect.readCall(series.labels, 0);
    return row === null || row.host === null ? [] : [{ series, row, host: row.host }];
  });
  const counts = whoCounts(rows.map(({ row }) => row));
  const stopped =
    read.stoppedBy === undefined || read.stoppedBy === 'limit'
      ? undefined
      : dialect.stopped?.[read.stoppedBy];
  const answered =
    stopped === undefined
      ? []
      : await asking.samples(`${selector(stopped.metric, stopped.matchers)}[${seconds}s]`, signal);
  const itself = answered.flatMap((series): CounterSeries[] => {
    const ends = dialect.readLatency(series.labels);
    if (ends === null || read.stoppedBy === undefined) return [];
    const { stoppedBy } = read;
    const key = `${stoppedBy} ${keyOf(series.labels)}`;
    const said = { host: '', subset: null, version: null, failed: false, responseCode: null, flags: [] };
    return [{ key, ...callerOf(ends), ...said, stoppedBy, samples: finite(series) }];
  });
  const sent = rows
    .filter(({ row }) => counts(row))
    .map(({ series, row, host }): CounterSeries => ({
      key: keyOf(series.labels),
      ...callerOf(row),
      host,
      subset: row.subset,
      version: row.destination.version,
      failed: isFailed(row),
      responseCode: row.responseCode,
      flags: row.flags,
      samples: finite(series),
    }));
  const denials = await readDenials(asking, dialect, read.deniedIn, seconds, signal);
  const refused =
    read.stoppedBy === 'limit' ? await readRefused(asking, dialect, read.hosts, seconds, signal) : [];
  return { series: [...sent, ...itself, ...denials, ...refused], problems };
}

/** Raw samples of a metric's series that lead to some hosts. */
async function askHosts(
  asking: Asking,
  { toHosts }: Dialect,
  metric: string,
  matchers: readonly Matcher[],
  hosts: readonly string[],
  seconds: number,
  signal: AbortSignal,
): Promise<readonly Series[]> {
  const read = await Promise.all(
    toHosts(hosts).map((to) =>
      asking.samples(`${selector(metric, [...matchers, ...to])}[${seconds}s]`, signal),
    ),
  );
  return read.flat();
}

/** Calls that limits of the callers' proxies refused; their 503 is among the host's own otherwise. */
async function readRefused(
  asking: Asking,
  dialect: Dialect,
  hosts: readonly string[],
  seconds: number,
  signal: AbortSignal,
): Promise<readonly CounterSeries[]> {
  const { refusedByLimit = [], readLatency } = dialect;
  const read = await Promise.all(
    refusedByLimit.map(async (metric) => {
      const all = await askHosts(asking, dialect, metric, [], hosts, seconds, signal);
      return all.map((series) => ({ metric, series }));
    }),
  );
  return read.flat().flatMap(({ metric, series }): CounterSeries[] => {
    const ends = readLatency(series.labels);
    if (ends?.host == null) return [];
    const { host, subset } = ends;
    const key = `${metric} ${keyOf(series.labels)}`;
    const said = {
      version: null,
      failed: true,
      responseCode: '503',
      flags: ['UO'],
      stoppedBy: 'limit' as const,
    };
    return [{ key, ...callerOf(ends), host, subset, ...said, samples: finite(series) }];
  });
}

/** What the proxies of a namespace say of their own policies. What they let through counts only where one is in force. */
async function readDenials(
  asking: Asking,
  { atCallee, readLatency }: Dialect,
  namespace: string | undefined,
  seconds: number,
  signal: AbortSignal,
): Promise<readonly CounterSeries[]> {
  if (atCallee === undefined || namespace === undefined) return [];
  const here = atCallee.inNamespace(namespace);
  const ask = (metric: string, more: readonly Matcher[] = []) =>
    asking.samples(`${selector(metric, [...here, ...more])}[${seconds}s]`, signal);
  const denied = await ask(atCallee.denied);
  if (denied.length === 0) return [];
  const { metric, matchers } = atCallee.letThrough;
  const answered = await ask(metric, matchers);
  const listenerOf = ({ labels }: Series) => JSON.stringify(atCallee.listener.map((name) => labels[name]));
  const judged = new Set(denied.map(listenerOf));
  const toSeries = (series: Series, isDenied: boolean): CounterSeries[] => {
    const ends = readLatency(series.labels);
    if (ends === null) return [];
    const { callerNames: names = [] } = callerOf(ends);
    return [
      {
        key: `${isDenied ? 'denied' : 'let through'} ${keyOf(series.labels)}`,
        caller: null,
        host: '',
        subset: null,
        version: null,
        failed: false,
        responseCode: null,
        flags: [],
        atCallee: { names, denied: isDenied },
        samples: finite(series),
      },
    ];
  };
  return [
    ...denied.flatMap((series) => toSeries(series, true)),
    ...answered
      .filter((series) => judged.has(listenerOf(series)))
      .flatMap((series) => toSeries(series, false)),
  ];
}

const finite = ({ samples }: Series): Series['samples'] =>
  samples.filter(([, value]) => Number.isFinite(value));

/**
 * Whether a row counts. Where callers' own side reports, each caller is counted by one of its reporters: in one mesh a gateway's
 * proxy divides its own calls, and a waypoint those of callers that have none.
 */
function whoCounts(rows: readonly CallRow[]): (row: CallRow) => boolean {
  const chosen = callerSide(rows);
  if (chosen === 'destination') return ({ reporter }) => reporter === chosen;
  const nameOf = (row: CallRow): string => callerOf(row).caller ?? '';
  const byCaller = Map.groupBy(
    rows.filter(({ reporter }) => reporter !== 'destination'),
    nameOf,
  );
  const sides = new Map([...byCaller].map(([name, own]) => [name, callerSide(own)]));
  return (row) => row.reporter === sides.get(nameOf(row));
}

/** The caller's proxy divides calls, so its counters are the measure; only one side is counted, or calls would count twice. */
function callerSide(rows: readonly CallRow[]): CallRow['reporter'] {
  for (const reporter of ['source', 'waypoint'] as const) {
    // A source that names no workload and no subset (a plain TCP proxy in ambient) cannot tell versions apart.
    if (
      rows.some(
        (row) =>
          row.reporter === reporter && ((row.destination.version ?? row.subset) !== null || neverSent(row)),
      )
    )
      return reporter;
  }
  return rows.some((row) => row.reporter === 'destination') ? 'destination' : 'source';
}

function callerOf({ source }: Pick<CallRow, 'source'>): Pick<CounterSeries, 'caller' | 'callerNames'> {
  const callerNames = [source.workload, source.service, source.instance].flatMap((name) =>
    name === null ? [] : [`${source.namespace ?? ''}/${name}`],
  );
  return { caller: callerNames[0] ?? null, callerNames };
}

/** Seconds between samples of the newest series: the median gap, so that one missed scrape does not count. */
export function scrapeIntervalOf(series: readonly Series[]): number | null {
  const gaps: number[] = [];
  for (const { samples } of series) {
    for (let i = 1; i < samples.length; i += 1) {
      const gap = ((samples[i]?.[0] ?? 0) - (samples[i - 1]?.[0] ?? 0)) / 1000;
      if (gap > 0) gaps.push(gap);
    }
  }
  if (gaps.length === 0) return null;
  gaps.sort((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)] ?? 0;
  return median >= 1 ? Math.round(median) : Math.round(median * 10) / 10;
}
