import type { Caller } from '../../../model/change.ts';
import type { Fallback, TripMechanism } from '../../../model/trip.ts';
import { shortName } from '../../kube/serviceHosts.ts';

/** "top-sellers", "payment v1", "a fixed 200". */
export function sayFallback(fallback: Fallback): string {
  if (fallback.kind === 'answer') return `a fixed ${fallback.status}`;
  return `${shortName(fallback.host)}${fallback.subset === null ? '' : ` ${fallback.subset}`}`;
}

/** "callers get 503". */
export function sayAnswer(mechanism: TripMechanism): string {
  switch (mechanism.kind) {
    case 'refuse':
      return `callers get ${mechanism.status}`;
    case 'divert':
      return mechanism.to.kind === 'answer'
        ? `callers get ${sayFallback(mechanism.to)}`
        : `${sayFallback(mechanism.to)} answers`;
    case 'deny':
      return 'callers get 403';
    case 'breaker':
      return `the breaker ${mechanism.name} answers`;
    case 'runtime':
      return 'callers’ proxies refuse it';
    case 'block':
      return `${mechanism.application} blocks it itself`;
  }
}

/** "payment", "order → payment". */
export const sayCall = (host: string, caller: Pick<Caller, 'name'> | null): string =>
  `${caller === null ? '' : `${caller.name} → `}${shortName(host)}`;
