import { sharesOf } from '../../../shared/analysis/weights.ts';
import type { PresentFigures } from '../../../shared/analysis/watchDraft.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';

/** Whom the conditions of a watch are about, and how that fares now. */
export interface WatchTarget {
  /** Null for the service as a whole. */
  readonly version: string | null;
  readonly figures: PresentFigures;
}

/** Of a shift the version that gains most, for it is the one on trial; of anything else the service as a whole. */
export function watchTarget(plan: Plan, signals: ServiceSignals | null): WatchTarget {
  const gaining = gainingOf(plan);
  if (gaining === null || signals === null) return { version: gaining?.version ?? null, figures: signals };
  const own = signals.versions[gaining.version];
  // A version that gets its first calls by this change has no figures of its own: what the service does is what is expected.
  if (own === undefined || gaining.hadNone)
    return { version: gaining.version, figures: { ...signals, errorRatio: null, requestsPerSecond: null } };
  return { version: gaining.version, figures: own };
}

/** Why a watch is not offered, in words; null where it is. */
export function watchHindrance(plan: Plan, signals: ServiceSignals | null): string | null {
  const { operation, undoOf, direction, changes } = plan;
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
