import type { Protection } from '../../../shared/model/inspect.ts';

/** Protections as the screen calls them. */
export const protectionTitles: Readonly<Record<Protection['kind'], string>> = {
  timeout: 'time-out',
  retry: 'retry',
  limit: 'limit',
  ejection: 'ejection',
  breaker: 'breaker',
  fallback: 'fallback',
};
