import { durationMsOf } from '../traffic/reading.ts';

/** Consul's durations in milliseconds: Go's text (`1m30s`), or a number of nanoseconds; null for what is none. */
export const durationMs = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value / 1e6 : durationMsOf(value);
