import { type FiguresTaken, sayReachBefore } from '../analysis/figuresAge.ts';
import { formatList } from '../analysis/formats.ts';
import { type BackendStanding, forecast, type Forecast } from '../analysis/forecast.ts';
import type { FoldedSignals } from '../analysis/foldSignals.ts';
import type { Environment } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import type { Affected, Guard } from '../model/change.ts';
import type { HeldTrip } from '../model/trip.ts';
import type { Split } from '../model/weights.ts';
import type { Operation } from '../model/operation.ts';
import type { ServiceSignals } from '../model/signals.ts';
import type { Settings } from '../model/settings.ts';
import type { PlannedWrite } from '../connectors/kit/control.ts';
import { sayPlace } from './sayPlace.ts';
import { thresholdsOf } from './serviceVerdict.ts';
import { tripOutlook } from './tripOutlook.ts';
import { defaultWindowSeconds } from './world.ts';

/** What is known when a change is about to be planned. */
export interface ForecastSetting {
  readonly operation: Operation;
  /** Whether it takes back what was written. */
  readonly isUndo: boolean;
  readonly write: Pick<PlannedWrite, 'split' | 'direction'>;
  readonly service: GraphService | null;
  readonly folded: FoldedSignals | null;
  /** Over what those figures were taken. */
  readonly taken: readonly FiguresTaken[];
  readonly now: number;
  readonly health: Settings['health'];
  readonly callers: readonly Affected[];
  readonly held: readonly HeldTrip[];
  serviceOfHost(host: string): GraphService | null;
  readonly where: { readonly title: string; readonly environment: Environment };
}

/** What a change will do to traffic, and the guards that follow from it. Of the others the control itself says what it knows. */
export function forecastPlan(
  setting: ForecastSetting,
): Pick<Forecast, 'sentences' | 'direction'> & { readonly guards: readonly Guard[] } {
  const { operation, isUndo, write, service, folded, health, where } = setting;
  const { split, direction } = write;
  if (operation.kind === 'endTrip' || (operation.kind === 'trip' && isUndo))
    return { sentences: [], direction: 'awayFromHarm', guards: [] };
  if (operation.kind === 'trip') return tripOutlook({ ...setting, trip: operation });
  if (operation.kind !== 'setWeights' || split === null)
    return { sentences: [], direction: direction ?? 'neutral', guards: [] };
  const signals = service === null ? undefined : folded?.serviceSignals.get(service.id);
  const backends = backendsOf(split, setting);
  const isMeasured = isCounted(signals) || [...backends.values()].some((one) => one.signals !== null);
  const outlook = forecast({
    split,
    // Istio reads a missing weight beside others as none.
    weightsAfter: operation.weights.map((weight) => weight ?? 0),
    signals: signals?.versions ?? {},
    versions: service?.versions ?? [],
    backends,
    windowSeconds: defaultWindowSeconds,
    thresholds: thresholdsOf(service?.id ?? '', health),
  });
  const mixed = !isMeasured ? null : sayReachBefore(split.changedBy?.at ?? null, setting.taken, setting.now);
  if (mixed === null) return { ...outlook, guards: [guardOf(outlook, where)] };
  const caution = `${split.document.name} was changed ${mixed}.`;
  const guard = guardOf(outlook, where);
  return {
    ...outlook,
    sentences: [...outlook.sentences, caution],
    guards: [{ ...guard, detail: [guard.detail, olderCalls].filter((text) => text !== null).join(' ') }],
  };
}

/** Destinations of a split that are services of their own on the map, by their host: how each stands. */
function backendsOf(
  { destinations }: Pick<Split, 'destinations'>,
  { service, folded, health, serviceOfHost }: ForecastSetting,
): ReadonlyMap<string, BackendStanding> {
  const found = new Map<string, BackendStanding>();
  for (const { host } of destinations) {
    const own = serviceOfHost(host);
    if (own === null || own.id === service?.id) continue;
    const signals = folded?.serviceSignals.get(own.id);
    found.set(host, {
      signals: isCounted(signals) ? signals : null,
      readyInstances: own.readyInstances,
      thresholds: thresholdsOf(own.id, health),
    });
  }
  return found;
}

/** Every service has an entry, also one whose calls nothing counts. */
const isCounted = (signals: ServiceSignals | undefined): signals is ServiceSignals =>
  signals !== undefined && signals.requestsPerSecond !== null;

/** Beside a judgement whose figures reach back over the last change. */
const olderCalls = 'Judged in part by calls from before the last change.';

function guardOf({ direction, towards, unjudged }: Forecast, where: ForecastSetting['where']): Guard {
  const id = 'direction';
  switch (direction) {
    case 'awayFromHarm':
      return { id, verdict: 'pass', title: 'Traffic moves away from the failing version', detail: null };
    case 'towardsHarm':
      return {
        id,
        verdict: 'typeName',
        title: `More traffic goes to ${towards.join(' and ')}, which is failing now`,
        detail: `Blocked unless you type the service’s name. This writes to ${sayPlace(where)}.`,
      };
    case 'neutral':
      return unjudged.length === 0
        ? { id, verdict: 'pass', title: 'No version that gets more traffic is failing now', detail: null }
        : {
            id,
            verdict: 'pass',
            title: `Whether ${formatList(unjudged)} ${unjudged.length === 1 ? 'is' : 'are'} failing is not known: no calls counted there`,
            detail: null,
          };
  }
}
