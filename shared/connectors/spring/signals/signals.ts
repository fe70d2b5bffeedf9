import type { CountersObservation } from '../../../model/observations.ts';
import type { SeriesObservation, SignalSource } from '../../kit/connector.ts';
import type { SeriesRead } from '../../kit/signals.ts';
import type { Fleet } from '../fleet.ts';
import { createCounting, everySeconds, type HttpCounter } from './counting.ts';
import { callerRows, codeOf, isFailure, serviceOf, strangerRows } from './rows.ts';
import { rateAt, sumAt } from './samples.ts';

const source = 'Spring actuators · their own counts of requests';
const instanceWindowSeconds = 60;

/**
 * What every process counted itself, where no Prometheus is there to do it: rates are differences of two readings, so there
 * are none before Podium read twice, and no latency beyond a mean, which is not told. `gateways` are counted apart.
 */
export function createSpringSignals(fleet: Fleet, gateways: () => SignalSource | null): SignalSource {
  const counting = createCounting(fleet);
  const { clock } = fleet.host;

  return {
    source,
    scrapeIntervalSeconds: everySeconds,
    async read(windowSeconds, signal) {
      const [routed] = await Promise.all([gateways()?.read(windowSeconds, signal), counting.refresh(signal)]);
      const window = { now: clock.now(), windowSeconds };
      const counters = counting.counters();
      const counted = new Set(
        (routed?.calls ?? []).map((row) => pair(row.source.service ?? '', row.destination.service ?? '')),
      );
      const called = [
        ...(routed?.calls ?? []),
        ...callerRows(fleet, counters, window, (caller, callee) => counted.has(pair(caller, callee))),
      ];
      return {
        source: routed === undefined ? source : `${source}, and of gateways’ routes`,
        observedAt: window.now,
        newestSampleAt: counting.readAt,
        windowSeconds,
        calls: [...called, ...strangerRows(counters, window, called)],
        latency: [],
        queries: counters.length + (routed?.queries ?? 0),
        problems: [...counting.problems, ...(routed?.problems ?? [])],
      };
    },
    async counters(read, signal) {
      const [routed] = await Promise.all([gateways()?.counters(read, signal), counting.refresh(signal)]);
      const known = new Set((routed?.series ?? []).map(({ caller, host }) => pair(caller ?? '', host)));
      const own = counting.counters().flatMap((one) => seriesOf(fleet, one, read.hosts) ?? []);
      return {
        source,
        series: [
          ...(routed?.series ?? []),
          ...own.filter(({ caller, host }) => !known.has(pair(caller ?? '', host))),
        ],
        problems: [...counting.problems, ...(routed?.problems ?? [])],
      };
    },
    async series(read, signal) {
      await counting.refresh(signal);
      const { scope } = read;
      const name =
        scope.service?.name ?? scope.hosts?.map((host) => serviceOf(fleet, host)).find((one) => one !== null);
      const served = counting
        .counters()
        .filter(({ to, instance }) => to === null && instance.service === name);
      const routed = gateways();
      if (served.length === 0 && routed !== null) return routed.series(read, signal);
      return linesOf(served, read, counting.problems);
    },
    async instanceRates(instances, signal) {
      await counting.refresh(signal);
      const now = clock.now();
      const rates = instances.flatMap(({ namespace, name }) => {
        const own = counting
          .counters()
          .filter(
            ({ to, instance }) => to === null && instance.namespace === namespace && instance.name === name,
          );
        const requestsPerSecond = sumAt(
          own.map(({ samples }) => samples),
          now,
          instanceWindowSeconds,
        );
        return requestsPerSecond === null ? [] : [{ namespace, name, requestsPerSecond }];
      });
      return { source, windowSeconds: instanceWindowSeconds, rates, problems: [...counting.problems] };
    },
  };
}

const pair = (caller: string, callee: string): string => JSON.stringify([caller, callee]);

function seriesOf(
  fleet: Fleet,
  { key, instance, to, status, samples }: HttpCounter,
  hosts: readonly string[],
): CountersObservation['series'][number] | null {
  if (to === null) return null;
  const host = serviceOf(fleet, to) ?? to;
  if (!hosts.includes(host)) return null;
  const caller = `${instance.namespace}/${instance.service}`;
  return {
    key,
    caller,
    callerNames: [caller],
    host,
    subset: null,
    version: null,
    failed: isFailure(status),
    responseCode: codeOf(status),
    flags: [],
    samples: [...samples],
  };
}

/** What the instances of one service served, by their versions. */
function linesOf(
  served: readonly HttpCounter[],
  { from, to, stepSeconds, windowSeconds }: SeriesRead,
  problems: readonly string[],
): SeriesObservation {
  const steps = Math.max(0, Math.floor((to - from) / (stepSeconds * 1000)) + 1);
  const times = Array.from({ length: steps }, (_, step) => from + step * stepSeconds * 1000);
  const lines = [...Map.groupBy(served, ({ instance }) => instance.version)].map(([version, some]) => {
    const failing = some.filter(({ status }) => isFailure(status)).map(({ samples }) => samples);
    const total = times.map((at) =>
      sumAt(
        some.map(({ samples }) => samples),
        at,
        windowSeconds,
      ),
    );
    return {
      version,
      requestsPerSecond: total,
      // Where it served and no failure was ever counted, none failed.
      failedPerSecond: times.map((at, step) =>
        total[step] === null
          ? null
          : failing.reduce((sum, samples) => sum + (rateAt(samples, at, windowSeconds) ?? 0), 0),
      ),
      p50Ms: times.map(() => null),
      p99Ms: times.map(() => null),
    };
  });
  return { from, stepSeconds, lines, problems: [...problems] };
}
