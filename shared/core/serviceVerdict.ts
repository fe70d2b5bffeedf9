import { timesIn } from '../analysis/times.ts';
import { onsetOf, verdictOf as judge, type TrippedCall } from '../analysis/verdict.ts';
import type { GraphService } from '../model/graph.ts';
import type { Verdict } from '../model/inspect.ts';
import type { HealthThresholds, Settings } from '../model/settings.ts';
import { marksOf, rangeOf, readSeries, scopeOf } from './charts.ts';
import type { InspectParts } from './inspectParts.ts';
import type { LiveConnection } from './liveConnection.ts';
import { defaultWindowSeconds } from './world.ts';

/** How far back the onset of trouble is looked for. */
const onsetRangeSeconds = 30 * 60;

/** Gathers what a verdict rests on: figures, their history, what changed, and the rest of the map. */
export async function verdictOf(
  service: GraphService,
  connection: LiveConnection,
  { world, journal, settings, ports }: InspectParts,
  signal: AbortSignal,
): Promise<Verdict> {
  const folded = world.latest(connection)?.folded ?? null;
  const signals = folded?.serviceSignals.get(service.id) ?? null;
  const thresholds = thresholdsOf(service.id, settings.current.health);
  const range = rangeOf(ports.clock.now(), onsetRangeSeconds);
  const troubled = signals?.health === 'failing' || signals?.health === 'degraded';
  const { services, calls } = world.graph();
  return judge({
    service,
    signals,
    windowSeconds: world.latest(connection)?.provenance[0]?.windowSeconds ?? defaultWindowSeconds,
    thresholds,
    services,
    calls,
    callSignals: folded?.callSignals ?? new Map(),
    serviceSignals: folded?.serviceSignals ?? new Map(),
    onsetAt: troubled ? await readOnset() : null,
    marks: await marksOf(connection, range.from, world, journal),
    tripped: trippedOn(connection),
    splits: world.splits().filter((split) => split.serviceId === service.id),
    source: world.latest(connection)?.provenance[0]?.source ?? 'no source',
    formatTime: timesIn(settings.current.timeZone).clock,
  });

  async function readOnset(): Promise<number | null> {
    const scope = scopeOf(connection, service, signals);
    const { observed } = await readSeries(connection, scope, range, false, ports, signal);
    if (observed === null) return null;
    const values = Array.from({ length: observed.lines[0]?.failedPerSecond.length ?? 0 }, (_, i) => {
      const rates = observed.lines.map(
        (line) => [line.failedPerSecond[i] ?? null, line.requestsPerSecond[i] ?? null] as const,
      );
      const known = rates.filter(
        (rate): rate is readonly [number, number] => rate[0] !== null && rate[1] !== null,
      );
      const requests = known.reduce((sum, [, rate]) => sum + rate, 0);
      return requests > 0 ? known.reduce((sum, [lost]) => sum + lost, 0) / requests : null;
    });
    return onsetOf(
      { from: observed.from, stepSeconds: observed.stepSeconds, values },
      thresholds.degradedErrorRatio,
    );
  }
}

function trippedOn(connection: LiveConnection): TrippedCall[] {
  const topology = connection.topology();
  return connection.trips.flatMap(({ host, caller, until, by }) => {
    const calleeId = topology.serviceOfHost(host);
    return calleeId === null ? [] : [{ calleeId, callerName: caller?.name ?? null, until, by }];
  });
}

/** A service's own thresholds, else the default ones. */
export function thresholdsOf(serviceId: string, health: Settings['health']): HealthThresholds {
  return Object.hasOwn(health.services, serviceId)
    ? (health.services[serviceId] ?? health.default)
    : health.default;
}
