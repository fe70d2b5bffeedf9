import type { CountersObservation } from '../../../model/observations.ts';
import type { SeriesObservation, SignalSource } from '../../kit/connector.ts';
import type { CallRow, Endpoint, SeriesRead } from '../../kit/signals.ts';
import type { Fleet } from '../fleet.ts';
import { namespace } from '../topology.ts';
import { type Counted, lagMs, readLogs } from './reading.ts';

const source = 'Sentinel · metric logs of the instances';
const instanceWindowSeconds = 60;
/** A log is read second by second; more of it is more than a command centre should be asked for. */
const longestMs = 30 * 60_000;

/** What each instance counted itself, second by second: calls passed, blocked and failed. Of latency it logs a mean alone. */
export function createSignals(fleet: Fleet): SignalSource {
  const { clock } = fleet.host;
  return {
    source,
    scrapeIntervalSeconds: 5,
    async read(windowSeconds, signal) {
      const to = clock.now() - lagMs;
      const { counted, heard, queries, problems } = await readLogs(
        fleet,
        to - windowSeconds * 1000,
        to,
        signal,
      );
      const called = callerRows(counted, windowSeconds);
      return {
        source,
        observedAt: clock.now(),
        newestSampleAt: heard.length === 0 ? null : heard.reduce((a, b) => Math.max(a, b)),
        windowSeconds,
        calls: [...called, ...strangerRows(counted, windowSeconds, called)],
        latency: [],
        queries,
        problems,
      };
    },
    async counters({ hosts, since }, signal): Promise<CountersObservation> {
      const { counted, problems } = await readLogs(fleet, since - 60_000, clock.now(), signal);
      const series = [...Map.groupBy(counted, seriesKey)].flatMap(([key, some]) => {
        const [first] = some;
        const host = first === undefined ? '' : (first.callee ?? first.member.app);
        if (first === undefined || !hosts.includes(host)) return [];
        const plain = {
          caller: first.callee === null ? null : first.member.app,
          host,
          subset: null,
          version: null,
          flags: [],
        };
        return [
          {
            ...plain,
            key,
            failed: false,
            responseCode: '200',
            samples: sums(some, ({ passed, failed }) => Math.max(0, passed - failed)),
          },
          {
            ...plain,
            key: `${key} failed`,
            failed: true,
            responseCode: '0',
            samples: sums(some, ({ failed }) => failed),
          },
          {
            ...plain,
            key: `${key} blocked`,
            failed: false,
            responseCode: '429',
            samples: sums(some, ({ blocked }) => blocked),
          },
        ];
      });
      return { source, series, problems: [...problems] };
    },
    async series(read, signal) {
      const from = Math.max(read.from - read.windowSeconds * 1000, clock.now() - longestMs);
      const { counted, heard, problems } = await readLogs(fleet, from, read.to, signal);
      return seriesFrom(read, counted, heard, problems);
    },
    async instanceRates(instances, signal) {
      const to = clock.now() - lagMs;
      const { counted, problems } = await readLogs(fleet, to - instanceWindowSeconds * 1000, to, signal);
      const wanted = new Set(instances.map(({ name }) => name));
      const served = counted.filter(({ callee, member }) => callee === null && wanted.has(member.name));
      return {
        source,
        windowSeconds: instanceWindowSeconds,
        rates: [...Map.groupBy(served, ({ member }) => member.name)].map(([name, some]) => ({
          namespace,
          name,
          requestsPerSecond: sumOf(some, ({ passed, blocked }) => passed + blocked) / instanceWindowSeconds,
        })),
        problems,
      };
    },
  };
}

const nobody: Endpoint = { namespace: null, workload: null, service: null, version: null, instance: null };
const service = (name: string): Endpoint => ({ ...nobody, namespace, workload: name, service: name });

/** Calls as their callers counted them; what was blocked never left. */
function callerRows(counted: readonly Counted[], windowSeconds: number): CallRow[] {
  const calling = counted.filter(({ callee }) => callee !== null);
  return [...Map.groupBy(calling, ({ member, callee }) => JSON.stringify([member.app, callee]))].flatMap(
    ([, some]) => {
      const [first] = some;
      if (first?.callee === undefined || first.callee === null) return [];
      return rowsOf(ratesOf(some, windowSeconds), 'source', service(first.member.app), first.callee);
    },
  );
}

/** Less than this part of what a service served, or this rate, is the difference of logs of different moments. */
const toleratedPart = 0.1;
const toleratedRate = 0.1;

/** What services served beyond the calls whose callers are known: somebody calls them whom no source names. */
function strangerRows(
  counted: readonly Counted[],
  windowSeconds: number,
  known: readonly CallRow[],
): CallRow[] {
  const served = counted.filter(({ callee }) => callee === null);
  return [...Map.groupBy(served, ({ member }) => member.app)].flatMap(([app, some]) => {
    const rates = ratesOf(some, windowSeconds);
    const arrived = known.filter(
      ({ destination, responseCode }) => destination.service === app && responseCode !== '429',
    );
    const named = arrived.reduce((sum, { perSecond }) => sum + perSecond, 0);
    const total = rates.passed + rates.blocked;
    const rest = total - named;
    if (rest <= Math.max(total * toleratedPart, toleratedRate)) return [];
    const part = rest / total;
    const share = {
      passed: rates.passed * part,
      blocked: rates.blocked * part,
      failed: rates.failed * part,
    };
    return rowsOf(share, 'destination', nobody, app);
  });
}

type Rates = Pick<Counted, 'passed' | 'blocked' | 'failed'>;

const ratesOf = (some: readonly Counted[], windowSeconds: number): Rates => ({
  passed: sumOf(some, ({ passed }) => passed) / windowSeconds,
  blocked: sumOf(some, ({ blocked }) => blocked) / windowSeconds,
  failed: sumOf(some, ({ failed }) => failed) / windowSeconds,
});

/** Sentinel counts no statuses: exceptions stand as calls without an answer, and blocks as what its own adapters answer. */
function rowsOf(
  { passed, blocked, failed }: Rates,
  reporter: CallRow['reporter'],
  from: Endpoint,
  app: string,
): CallRow[] {
  const row = (responseCode: string, perSecond: number): CallRow => ({
    reporter,
    source: from,
    destination: service(app),
    host: app,
    subset: null,
    protocol: 'http',
    responseCode,
    grpcStatus: null,
    flags: [],
    perSecond,
  });
  return [row('200', Math.max(0, passed - failed)), row('0', failed), row('429', blocked)].filter(
    ({ perSecond }) => perSecond > 0,
  );
}

const seriesKey = ({ member, resource }: Counted): string => JSON.stringify([member.uid, resource]);

/** A running sum, second by second, as a counter would have it. */
function sums(some: readonly Counted[], of: (one: Counted) => number): [number, number][] {
  let total = 0;
  return [...some]
    .sort((a, b) => a.at - b.at)
    .map((one) => {
      total += of(one);
      return [one.at + 1_000, total];
    });
}

function seriesFrom(
  { scope, from, to, stepSeconds, windowSeconds }: SeriesRead,
  counted: readonly Counted[],
  heard: readonly number[],
  problems: readonly string[],
): SeriesObservation {
  const names = scope.service === undefined ? (scope.hosts ?? []) : [scope.service.name];
  const served = counted.filter(
    ({ callee, member }) => callee === null && (names.length === 0 || names.includes(member.app)),
  );
  const steps = Array.from({ length: Math.floor((to - from) / (stepSeconds * 1000)) + 1 }, (_, i) => {
    const end = from + i * stepSeconds * 1000;
    const within = ({ at }: { readonly at: number }): boolean => at <= end && at > end - windowSeconds * 1000;
    // Where nobody wrote anything, nobody knows; where they did, no line of a resource is no call.
    if (!heard.some((at) => within({ at }))) return null;
    return ratesOf(served.filter(within), windowSeconds);
  });
  const unknown = steps.map(() => null);
  return {
    from,
    stepSeconds,
    lines: [
      {
        version: null,
        requestsPerSecond: steps.map((one) => (one === null ? null : one.passed + one.blocked)),
        failedPerSecond: steps.map((one) => (one === null ? null : one.failed)),
        p50Ms: unknown,
        p99Ms: unknown,
      },
    ],
    problems: [...problems],
  };
}

const sumOf = (some: readonly Counted[], of: (one: Counted) => number): number =>
  some.reduce((sum, one) => sum + of(one), 0);
