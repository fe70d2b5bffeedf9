import type { SeriesObservation } from '../kit/connector.ts';
import type { CallRow, SeriesRead } from '../kit/signals.ts';
import { mergeBuckets, quantileMs, type Bucket } from '../../analysis/buckets.ts';
import { isFailed, namesNoWorkload, neverSent } from '../../analysis/callOutcome.ts';
import { meantBy } from '../../analysis/joinedName.ts';
import type { NamespacedName } from '../../model/topology.ts';
import { keyOf, type Series } from './answers.ts';
import type { Asking } from './asking.ts';
import type { Dialect, MetricQuery } from './dialect.ts';
import { clusterNameOf } from './hostNames.ts';
import { boundOf } from './reading.ts';
import { type Matcher, rate, selector, sumBy } from './promql.ts';

/** What a chart can show; a finer step is made coarser. */
const MOST_STEPS = 120;
/** The line of requests that no version ever saw, beside lines of versions. */
const NOT_ARRIVED = 'not arrived';

interface Grid {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  readonly count: number;
}

type Values = (number | null)[];
interface Line {
  readonly requests: Values;
  readonly failed: Values;
  readonly failedAtSource: Values;
  readonly buckets: Map<number, Values>;
}

/** Lines over time of the calls to one callee by version, or of everything as one line. */
export async function readLines(
  asking: Asking,
  dialect: Dialect,
  read: SeriesRead,
  unreported: readonly string[],
  signal: AbortSignal,
): Promise<SeriesObservation> {
  const grid = gridOf(read);
  const hosts = hostsOf(read);
  const { requests, failures, latency, lines } = dialect;
  const ask: Ask = async (metric, sets, by) => {
    if (metric === undefined) return [];
    const answers = await Promise.all(
      sets.map((matchers) =>
        asking.range(sumBy(by, rate(selector(metric, matchers), read.windowSeconds)), grid, signal),
      ),
    );
    return answers.flat();
  };
  if (hosts === null) {
    const sets = dialect.overallMatchers(unreported);
    const [calls, failed] = await Promise.all([
      ask(requests.metric, sets, dialect.overall),
      ask(failures?.metric, sets, dialect.overall),
    ]);
    return observe(grid, [...fold(dialect, grid, { calls, failed, buckets: [] }, true)]);
  }
  const toHosts = dialect.toHosts(hosts);
  const within = (query: Pick<MetricQuery, 'matchers'>) => toHosts.map((one) => [...query.matchers, ...one]);
  const [calls, failed, buckets] = await Promise.all([
    ask(requests.metric, within(requests), lines.requests),
    ask(failures?.metric, within(failures ?? requests), lines.requests),
    read.latency && latency !== null ? ask(latency.metric, within(latency), lines.latency) : [],
  ]);
  const strange = await askStrangers(dialect, read, ask);
  const ofCallee = (series: readonly Series[]) => once(series).filter((one) => isMeant(dialect, one, read));
  const answered = {
    calls: ofCallee([...calls, ...strange.calls]),
    failed: ofCallee(failed),
    buckets: ofCallee([...buckets, ...strange.buckets]),
  };
  return observe(grid, [...fold(dialect, grid, answered, false)]);
}

type Ask = (
  metric: string | undefined,
  sets: readonly (readonly Matcher[])[],
  by: readonly string[],
) => Promise<readonly Series[]>;

/** What only the callee's own proxies counted: of its namespace, since they name workloads. */
async function askStrangers(
  { strangers }: Dialect,
  { scope, latency }: SeriesRead,
  ask: Ask,
): Promise<{ readonly calls: readonly Series[]; readonly buckets: readonly Series[] }> {
  const { service, isCallee } = scope;
  if (strangers === undefined || service === undefined || isCallee === undefined)
    return { calls: [], buckets: [] };
  const here: Matcher = { label: strangers.namespace, is: 'equal', values: [service.namespace] };
  const of = (query: MetricQuery) => ask(query.metric, [[...query.matchers, here]], query.by);
  const [calls, buckets] = await Promise.all([of(strangers.requests), latency ? of(strangers.latency) : []]);
  return { calls, buckets };
}

/** A series that fits two of a dialect's ways to name a callee. */
function once(series: readonly Series[]): readonly Series[] {
  return [...new Map(series.map((one) => [keyOf(one.labels), one])).values()];
}

function gridOf(read: SeriesRead): Grid {
  const seconds = Math.max(0, (read.to - read.from) / 1000);
  const stepSeconds = Math.max(1, read.stepSeconds, Math.ceil(seconds / MOST_STEPS));
  const count = Math.floor(seconds / stepSeconds + 1e-6) + 1;
  return { from: read.from, to: read.from + (count - 1) * stepSeconds * 1000, stepSeconds, count };
}

/** Null for everything. */
function hostsOf({ scope }: SeriesRead): string[] | null {
  const hosts = [...(scope.hosts ?? [])];
  // A service that names no hosts is still asked for by the name the cluster gives it.
  if (hosts.length === 0 && scope.service !== undefined)
    hosts.push(`${scope.service.name}.${scope.service.namespace}.svc`);
  return hosts.length === 0 ? null : hosts;
}

/** A short host means a service of its caller's own namespace; among the hosts asked for it may stand for others too. */
function isMeant(dialect: Dialect, { labels }: Series, { scope }: SeriesRead): boolean {
  const { service, isService = () => false, isCallee } = scope;
  const row = dialect.readLatency(labels);
  if (row !== null && row.host === null && row.reporter === 'destination' && isCallee !== undefined)
    return isCallee(row.destination);
  if (row?.mayMean !== undefined && service !== undefined) {
    const isOne = (one: NamespacedName): boolean =>
      one.namespace === service.namespace && one.name === service.name;
    const meant = meantBy(row.mayMean, (one) => isOne(one) || isService(one));
    return meant !== null && isOne(meant);
  }
  const named = row?.host == null ? null : clusterNameOf(row.host);
  if (row === null || named === null || named.name !== service?.name) return true;
  const namespace = named.namespace ?? row.source.namespace;
  return namespace === null || namespace === service.namespace;
}

interface Answered {
  readonly calls: readonly Series[];
  /** Those of `calls` that failed, where they are counted apart. */
  readonly failed: readonly Series[];
  readonly buckets: readonly Series[];
}

function fold(
  dialect: Dialect,
  grid: Grid,
  { calls, failed: failures, buckets }: Answered,
  everything: boolean,
): Map<string | null, Line> {
  const rowsOf = (all: readonly Series[]) =>
    all.flatMap((series) => {
      const row = dialect.readCall(series.labels, 0);
      return row === null ? [] : [{ row, values: align(series, grid) }];
    });
  const rows = rowsOf(calls);
  const reporters = mainReporters(rows.map(({ row }) => row));
  const anyVersion = !everything && rows.some(({ row }) => versionOf(row) !== null);
  const lines = new Map<string | null, Line>();
  for (const { row, values } of rows) {
    const main = reporters.get(row.host ?? '') ?? row.reporter;
    const lost = neverSent(row) || (main !== 'source' && namesNoWorkload(row));
    const line = lineOf(
      lines,
      everything ? null : (versionOf(row) ?? (anyVersion ? NOT_ARRIVED : null)),
      grid,
    );
    const failed = isFailed(row);
    const counts = everything || lost || row.reporter === main;
    if (counts) add(line.requests, values);
    if (counts && failed) add(line.failed, values);
    if (failed && row.reporter !== 'destination') add(line.failedAtSource, values);
  }
  for (const { row, values } of rowsOf(failures)) {
    const line = lines.get(everything ? null : versionOf(row));
    if (line !== undefined) add(line.failed, values);
  }
  for (const series of buckets) {
    const row = dialect.readLatency(series.labels);
    const leMs = boundOf(series.labels, dialect.latency?.unit ?? 'ms');
    if (row === null || leMs === null || row.reporter !== (reporters.get(row.host ?? '') ?? row.reporter))
      continue;
    const line = lines.get(versionOf(row));
    if (line === undefined) continue;
    const values = line.buckets.get(leMs) ?? gaps(grid);
    line.buckets.set(leMs, values);
    add(values, align(series, grid));
  }
  return lines;
}

/** Per host, whose rows count: the callee's where it reports, as when folding a single reading. */
function mainReporters(rows: readonly CallRow[]): Map<string, CallRow['reporter']> {
  const rank = { destination: 2, waypoint: 1, source: 0 } as const;
  const main = new Map<string, CallRow['reporter']>();
  for (const { host, reporter } of rows) {
    const known = main.get(host ?? '');
    if (known === undefined || rank[reporter] > rank[known]) main.set(host ?? '', reporter);
  }
  return main;
}

function versionOf(row: Pick<CallRow, 'destination' | 'subset'>): string | null {
  return row.destination.version ?? row.subset;
}

function observe(grid: Grid, lines: readonly (readonly [string | null, Line])[]): SeriesObservation {
  return {
    from: grid.from,
    stepSeconds: grid.stepSeconds,
    lines: lines
      .map(([version, line]) => ({
        version,
        requestsPerSecond: line.requests,
        // Where requests are known, failures that no series tells of are none.
        failedPerSecond: line.requests.map((requests, i) =>
          requests === null
            ? null
            : Math.min(requests, Math.max(line.failed[i] ?? 0, line.failedAtSource[i] ?? 0)),
        ),
        p50Ms: quantiles(0.5, line, grid),
        p99Ms: quantiles(0.99, line, grid),
      }))
      .sort((a, b) => String(a.version).localeCompare(String(b.version), 'en', { numeric: true })),
    problems: [],
  };
}

function quantiles(quantile: number, line: Line, grid: Grid): Values {
  const bounds = [...line.buckets].sort(([a], [b]) => a - b);
  return Array.from({ length: grid.count }, (_, i) => {
    const buckets: Bucket[] = [];
    for (const [leMs, values] of bounds) {
      const perSecond = values[i] ?? null;
      if (perSecond !== null) buckets.push({ leMs, perSecond });
    }
    return quantileMs(quantile, mergeBuckets([buckets]));
  });
}

/** The values of a series on the grid; what is not there, or is no number, is a gap. */
function align(series: Series, grid: Grid): Values {
  const values = gaps(grid);
  for (const [at, value] of series.samples) {
    const i = Math.round((at - grid.from) / (grid.stepSeconds * 1000));
    if (i >= 0 && i < grid.count && Number.isFinite(value)) values[i] = value;
  }
  return values;
}

function add(sum: Values, values: Values): void {
  values.forEach((value, i) => {
    if (value !== null) sum[i] = (sum[i] ?? 0) + value;
  });
}

function lineOf(lines: Map<string | null, Line>, version: string | null, grid: Grid): Line {
  const line = lines.get(version) ?? {
    requests: gaps(grid),
    failed: gaps(grid),
    failedAtSource: gaps(grid),
    buckets: new Map<number, Values>(),
  };
  lines.set(version, line);
  return line;
}

function gaps(grid: Grid): Values {
  return new Array<number | null>(grid.count).fill(null);
}
