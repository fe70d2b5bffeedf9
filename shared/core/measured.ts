import { isOfCaller } from '../analysis/callsJudgement.ts';
import { counterDifferences } from '../analysis/counterDifferences.ts';
import { wilson } from '../analysis/shares.ts';
import type { CountersObservation } from '../model/observations.ts';
import type { GreyRoute } from '../model/routing.ts';
import type { MeasuredSplit, Split } from '../model/weights.ts';
import type { Ports } from './ports.ts';
import { expectationOf } from './splitExpectation.ts';
import type { OneMap } from './oneMap.ts';
import type { World } from './world.ts';

/** Measured shares are taken over this long, or since the split last changed while we watched. */
const lookBackMs = 120_000;
const shortestPauseMs = 5_000;
const longestPauseMs = 15_000;

/** Shares of one service's splits as counted in traffic, while somebody looks; a split that could not be counted is left out. */
export async function* watchMeasured(
  serviceId: string,
  { world, oneMap }: { readonly world: World; readonly oneMap: OneMap },
  ports: Ports,
  signal: AbortSignal | undefined,
): AsyncGenerator<MeasuredSplit[]> {
  const changedAt = new Map<string, { revision: string; at: number }>();
  while (signal?.aborted !== true) {
    const now = ports.clock.now();
    const measured: MeasuredSplit[] = [];
    let pauseMs = shortestPauseMs;
    for (const { service, connection } of oneMap.places(serviceId)) {
      const signals = connection.sources.find((source) => source.session.signals !== undefined)?.session
        .signals;
      const splits = world.splits().filter((split) => split.serviceId === service.id);
      if (signals === undefined || splits.length === 0) continue;
      // Between two scrapes there is nothing new to count.
      pauseMs = Math.max(pauseMs, Math.min(longestPauseMs, (signals.scrapeIntervalSeconds ?? 0) * 1_000));
      for (const split of splits) {
        const routes = connection.routes.filter(({ splitId }) => splitId === split.id);
        const since = Math.max(now - lookBackMs, lastChange(changedAt, split, routes, now));
        const hosts = [...new Set(split.destinations.map((destination) => destination.host))];
        try {
          const read = await signals.counters({ hosts, since }, connection.closed);
          measured.push({
            ...toMeasured(split, counterDifferences(read.series, expectationOf(split), since), since, now),
            callers: callersOf(split, routes, read.series, since),
          });
        } catch {
          // The source's own trouble is told where sources are; a share that cannot be counted is left out here.
        }
      }
    }
    yield measured;
    try {
      await ports.clock.sleep(pauseMs, signal);
    } catch {
      return;
    }
  }
}

function lastChange(
  changedAt: Map<string, { revision: string; at: number }>,
  split: Split,
  routes: readonly GreyRoute[],
  now: number,
): number {
  const shape = JSON.stringify([
    split.destinations.map((destination) => destination.weight),
    routes.map(({ id, matchText, to, percent }) => [id, matchText, to, percent]),
  ]);
  const known = changedAt.get(split.id);
  if (known?.revision === shape) return known.at;
  // How it stood before the first look is not known; it is taken to have stood so since ever.
  const at = known === undefined ? 0 : now;
  changedAt.set(split.id, { revision: shape, at });
  return at;
}

/** Where the calls of each caller went that a route is for, whatever its calls carry. */
function callersOf(
  split: Split,
  routes: readonly GreyRoute[],
  series: CountersObservation['series'],
  since: number,
): MeasuredSplit['callers'] {
  return routes.flatMap(({ id: routeId, kind, match }) => {
    if (kind !== 'route' || match?.caller == null || match.caller.name === '') return [];
    if (match.headers.length > 0 || match.cookie !== null) return [];
    const { caller } = match;
    const own = series.filter((one) => isOfCaller(one, caller));
    return [{ routeId, counts: counterDifferences(own, expectationOf(split), since) }];
  });
}

function toMeasured(
  split: Split,
  counts: readonly number[],
  since: number,
  until: number,
): Omit<MeasuredSplit, 'callers'> {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    splitId: split.id,
    since,
    until,
    total,
    shares: split.destinations.map((destination, i) => {
      const count = counts[i] ?? 0;
      const interval = total === 0 ? null : wilson(count, total);
      return {
        index: destination.index,
        count,
        share: total === 0 ? null : count / total,
        low: interval?.low ?? null,
        high: interval?.high ?? null,
      };
    }),
  };
}
