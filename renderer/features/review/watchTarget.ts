import type { SplitPlace } from '../../../shared/analysis/splitKey.ts';
import { sharesOf } from '../../../shared/analysis/weights.ts';
import { watchFigures, type WatchFigures } from '../../../shared/analysis/watchFigures.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import { useServiceSignals } from '../../live/signals.ts';
import { useMixedFigures } from '../../live/sinceChange.ts';
import { useSplit } from '../../live/splits.ts';
import { useNodeId } from '../../live/topology.ts';

/** Whom the conditions of a watch are about, and what is known of how that fares. */
export interface WatchTarget extends WatchFigures {
  /** Null for the service as a whole. */
  readonly version: string | null;
  /** Why the figures tell nothing of how it is now; null where they do. */
  readonly mixed: string | null;
  /** Why no watch is offered; null where it is. */
  readonly hindrance: string | null;
}

/** Of a shift the version that gains most, for it is the one on trial; of anything else the service as a whole. */
export function useWatchTarget(plan: Plan | null): WatchTarget {
  const signals = useServiceSignals(useNodeId(plan?.serviceId ?? null));
  const mixed = useMixedFigures(useSplit(plan === null ? null : splitOf(plan)));
  const gaining = plan === null ? null : gainingOf(plan);
  const version = gaining?.version ?? null;
  const figures = watchFigures(signals, {
    version,
    hadNone: gaining?.hadNone ?? false,
    mixed: mixed !== null,
  });
  return { ...figures, version, mixed, hindrance: plan === null ? null : hindranceOf(plan, signals) };
}

function splitOf({ operation }: Plan): SplitPlace | null {
  return operation.kind === 'setWeights' || operation.kind === 'setRouting'
    ? { connectionId: operation.connectionId, id: operation.splitId }
    : null;
}

function hindranceOf(plan: Plan, signals: ServiceSignals | null): string | null {
  const { operation, undoOf, direction, changes } = plan;
  if (operation.kind === 'silence') return 'Not offered: a silence changes no traffic.';
  if (operation.kind === 'closeBreaker')
    return 'Not offered: a breaker that is closed opens by itself where calls fail.';
  if (operation.kind === 'endTrip' || (operation.kind === 'trip' && undoOf !== null))
    return 'Not offered: to go back would trip the calls again.';
  if (changes.some(({ withheld }) => withheld))
    return 'Not offered: the values before are secret and not kept, so there is no way back by itself.';
  if (direction === 'awayFromHarm')
    return operation.kind === 'setWeights'
      ? 'Not offered: the split to return to is the failing one.'
      : 'Not offered: what it would return to is what fails now.';
  if (signals === null) return 'Not offered: nothing measures this service.';
  return null;
}

function gainingOf({ operation, expectation }: Plan): { version: string; hadNone: boolean } | null {
  if (operation.kind !== 'setWeights' || expectation.kind !== 'shares') return null;
  const before = sharesOf(operation.seen.weights);
  const gains = expectation.destinations.map(({ share }, index) => share - (before[index] ?? 0));
  const most = gains.indexOf(Math.max(...gains));
  const destination = expectation.destinations[most];
  const version = destination?.version ?? destination?.subset ?? null;
  if (version === null || (gains[most] ?? 0) <= 0) return null;
  return { version, hadNone: (before[most] ?? 0) === 0 };
}
