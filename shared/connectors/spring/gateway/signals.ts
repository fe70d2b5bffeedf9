import type { CountersObservation } from '../../../model/observations.ts';
import type { SeriesObservation, SignalSource } from '../../kit/connector.ts';
import { sayError } from '../../kit/peerError.ts';
import type { CallRow } from '../../kit/signals.ts';
import { addSample, isOver, rateAt, type Samples, sumAt } from '../signals/samples.ts';
import { readCounts } from './counts.ts';
import type { Gateway, Gateways } from './gateways.ts';
import { targetOf, type Target } from './targets.ts';

/** One counter of one gateway, with what was read of it lately. */
interface Counter {
  readonly gateway: Gateway;
  readonly routeId: string;
  readonly status: string;
  readonly target: Target;
  readonly samples: Samples;
}

const everySeconds = 5;
/** Several who ask at once get one reading. */
const freshMs = 1_000;

/**
 * What gateways counted themselves, per route: rates are differences of two readings, so there are none before Podium read
 * twice, and no latency, of which they tell only the sum.
 */
export function createGatewaySignals(gateways: Gateways): SignalSource {
  const { fleet } = gateways;
  const { clock } = fleet.host;
  const counters = new Map<string, Counter>();
  let reading: Promise<string[]> | null = null;
  let readAt = -Infinity;
  let problems: string[] = [];

  async function readOne(gateway: Gateway, signal: AbortSignal): Promise<void> {
    const targets = new Map(
      (gateway.table?.definitions ?? []).map(({ id, uri }) => [id, targetOf(uri, fleet)] as const),
    );
    const counts = await readCounts(await gateways.api(gateway.uid), [...targets.keys()], signal);
    const at = clock.now();
    for (const { routeId, status, count } of counts) {
      const target = targets.get(routeId);
      if (target === undefined) continue;
      const key = JSON.stringify([gateway.uid, routeId, status]);
      const counter = counters.get(key) ?? { gateway, routeId, status, target, samples: [] };
      counters.set(key, { ...counter, gateway, target });
      addSample(counter.samples, at, count);
    }
  }

  async function readEach(signal: AbortSignal): Promise<string[]> {
    const all = gateways.all().filter(({ table }) => table !== null);
    const failed = await Promise.all(
      all.map((gateway) =>
        readOne(gateway, signal).then(
          () => null,
          (error: unknown) => `${gateway.name}: ${sayError(error, 'Reading its counts')}`,
        ),
      ),
    );
    readAt = clock.now();
    for (const [key, { samples }] of counters) if (isOver(samples, readAt)) counters.delete(key);
    return failed.flatMap((problem) => problem ?? []);
  }

  async function refresh(signal: AbortSignal): Promise<void> {
    if (reading === null && clock.now() - readAt < freshMs) return;
    reading ??= readEach(AbortSignal.timeout(15_000)).finally(() => {
      reading = null;
    });
    problems = await reading;
    signal.throwIfAborted();
  }

  const source = 'Spring Cloud Gateway · its own counts';
  return {
    source,
    scrapeIntervalSeconds: everySeconds,
    async read(windowSeconds, signal) {
      await refresh(signal);
      const now = clock.now();
      const calls = [...counters.values()].flatMap((counter) => rowOf(counter, now, windowSeconds) ?? []);
      return {
        source,
        observedAt: now,
        newestSampleAt: Number.isFinite(readAt) ? readAt : null,
        windowSeconds,
        calls,
        latency: [],
        queries: gateways.all().length,
        problems,
      };
    },
    async counters({ hosts }, signal) {
      await refresh(signal);
      return { source, series: [...counters].flatMap((one) => seriesOf(one, hosts) ?? []), problems };
    },
    series({ scope, from, to, stepSeconds, windowSeconds }) {
      const of = [...counters.values()].filter(({ target: { host } }) =>
        scope.service === undefined
          ? scope.hosts === undefined || scope.hosts.includes(host)
          : scope.service.name === host,
      );
      const steps = Math.max(0, Math.floor((to - from) / (stepSeconds * 1000)) + 1);
      const at = Array.from({ length: steps }, (_, i) => from + i * stepSeconds * 1000);
      const lines = [...Map.groupBy(of, ({ target }) => target.version)].map(([version, some]) => ({
        version,
        requestsPerSecond: at.map((time) => sumAt(samplesOf(some), time, windowSeconds)),
        failedPerSecond: at.map((time) => sumAt(samplesOf(some.filter(isFailed)), time, windowSeconds)),
        p50Ms: at.map(() => null),
        p99Ms: at.map(() => null),
      }));
      return Promise.resolve<SeriesObservation>({ from, stepSeconds, lines, problems });
    },
  };
}

const isFailed = ({ status }: Counter): boolean => Number(status) >= 500;

const samplesOf = (counters: readonly Counter[]): Samples[] => counters.map(({ samples }) => samples);

function rowOf(counter: Counter, now: number, windowSeconds: number): CallRow | null {
  const perSecond = rateAt(counter.samples, now, windowSeconds);
  if (perSecond === null) return null;
  const { gateway, routeId, status, target } = counter;
  return {
    reporter: 'source',
    source: {
      namespace: gateway.namespace,
      workload: null,
      service: gateway.service,
      version: null,
      instance: gateway.name,
    },
    destination: {
      namespace: gateway.namespace,
      workload: null,
      service: target.host,
      version: target.version,
      instance: null,
    },
    host: target.host,
    subset: routeId,
    protocol: 'http',
    responseCode: status,
    grpcStatus: null,
    flags: [],
    perSecond,
  };
}

function seriesOf(
  [key, { gateway, routeId, status, target, samples }]: readonly [string, Counter],
  hosts: readonly string[],
): CountersObservation['series'][number] | null {
  if (!hosts.includes(target.host)) return null;
  const caller = `${gateway.namespace}/${gateway.service}`;
  return {
    key,
    caller,
    callerNames: [caller],
    host: target.host,
    subset: routeId,
    version: target.version,
    failed: Number(status) >= 500,
    responseCode: status,
    flags: [],
    samples: [...samples],
  };
}
