import type { Fallback, TripMechanism } from '../../../model/trip.ts';

const nameOf = (host: string): string => host.split('.')[0] ?? host;

export function sayFallback(fallback: Fallback): string {
  if (fallback.kind === 'answer') return `a fixed ${fallback.status}`;
  return `${nameOf(fallback.host)}${fallback.subset === null ? '' : ` ${fallback.subset}`}`;
}

/** "callers get 503". */
export function sayAnswer(mechanism: TripMechanism): string {
  switch (mechanism.kind) {
    case 'refuse':
      return `callers get ${mechanism.status}`;
    case 'divert':
      return `${sayFallback(mechanism.to)} answers`;
    case 'deny':
      return 'callers get 403';
    case 'breaker':
      return `the breaker ${mechanism.name} decides`;
    case 'runtime':
      return 'callers’ proxies refuse it';
    case 'block':
      return `${mechanism.application} blocks it itself`;
  }
}

/** "payment", "order → payment". */
export const sayCall = (host: string, caller: { readonly name: string } | null): string =>
  `${caller === null ? '' : `${caller.name} → `}${nameOf(host)}`;
