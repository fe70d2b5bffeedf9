import { forecast, type Forecast } from '../analysis/forecast.ts';
import type { FoldedSignals } from '../analysis/foldSignals.ts';
import type { Environment } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import type { Guard } from '../model/change.ts';
import type { Operation } from '../model/operation.ts';
import type { Settings } from '../model/settings.ts';
import type { PlannedWrite } from '../connectors/kit/control.ts';
import { thresholdsOf } from './serviceVerdict.ts';
import { defaultWindowSeconds } from './world.ts';

/** What a change will do to traffic, and the guard that follows from it. Only weights can be foretold from figures. */
export function forecastPlan(
  operation: Operation,
  { split, direction }: Pick<PlannedWrite, 'split' | 'direction'>,
  service: GraphService | null,
  folded: FoldedSignals | null,
  health: Settings['health'],
  where: { readonly title: string; readonly environment: Environment },
): Forecast & { readonly guards: readonly Guard[] } {
  if (operation.kind !== 'setWeights' || split === null)
    return { sentences: [], direction: direction ?? 'neutral', towards: [], guards: [] };
  const signals = service === null ? undefined : folded?.serviceSignals.get(service.id);
  const outlook = forecast({
    split,
    // Istio reads a missing weight beside others as none.
    weightsAfter: operation.weights.map((weight) => weight ?? 0),
    signals: signals?.versions ?? {},
    versions: service?.versions ?? [],
    windowSeconds: defaultWindowSeconds,
    thresholds: thresholdsOf(service?.id ?? '', health),
  });
  return { ...outlook, guards: [guardOf(outlook, signals !== undefined, where)] };
}

function guardOf(
  { direction, towards }: Forecast,
  measured: boolean,
  { title, environment }: { readonly title: string; readonly environment: Environment },
): Guard {
  const id = 'direction';
  switch (direction) {
    case 'awayFromHarm':
      return { id, verdict: 'pass', title: 'Traffic moves away from the failing version', detail: null };
    case 'towardsHarm':
      return {
        id,
        verdict: 'typeName',
        title: `More traffic goes to ${towards.join(' and ')}, which is failing now`,
        detail: `Blocked unless you type the service’s name. This writes to ${title} (${environment}).`,
      };
    case 'neutral':
      return measured
        ? { id, verdict: 'pass', title: 'No version that gets more traffic is failing now', detail: null }
        : {
            id,
            verdict: 'pass',
            title: 'Whether a version is failing is not known: no figures',
            detail: null,
          };
  }
}
