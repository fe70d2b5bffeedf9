import type { Limits } from './clusterPolicy.ts';

/** Shares and delays that follow from how busy something is. */

/** How much slower an instance answers at this utilisation (1 = at its capacity). */
export function slowdownAt(utilisation: number): number {
  const bounded = Math.min(utilisation, 0.985);
  return 1 + (0.3 * bounded ** 4) / (1 - bounded);
}

/** The share of requests that an overloaded instance turns away. */
export const refusedAt = (utilisation: number): number => (utilisation > 1 ? 1 - 1 / utilisation : 0);

/**
 * Erlang's loss formula: the share of requests that find `limit` others under way, when on average `offered` would be
 * under way without the limit. That is what a proxy's limit on requests at once does.
 */
export function refusedByLimit(limit: number, offered: number): number {
  if (limit <= 0) return 1;
  if (offered <= limit * 0.3) return 0;
  let blocked = 1;
  for (let under = 1; under <= limit; under += 1) blocked = (offered * blocked) / (under + offered * blocked);
  return blocked;
}

/**
 * How many requests can be under way to a cluster from one proxy. Requests of HTTP/1 need a connection each, or wait for
 * one; those of HTTP/2 share theirs, so that only the limit on requests holds them up.
 */
export function atOnceLimit(limits: Limits, http2: boolean): number | null {
  const { requests, connections, pending } = limits;
  // Without room to wait no request sees the first connection made.
  if (requests === 0 || pending === 0) return 0;
  const onConnections = http2 || connections === null || pending === null ? null : connections + pending;
  if (requests === null || onConnections === null) return requests ?? onConnections;
  return Math.min(requests, onConnections);
}

/** How far an exponential average moves in this time. */
export const movedIn = (elapsedMs: number, settlingMs: number): number =>
  1 - Math.exp(-elapsedMs / settlingMs);

/** Rises from 0 to 1 between two values, smoothly. */
export function rampBetween(value: number, from: number, to: number): number {
  const x = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return x * x * (3 - 2 * x);
}

/** The parameter of the log-normal distribution with this median and 99th percentile. */
export const sigmaOf = (latency: { readonly medianMs: number; readonly p99Ms: number }): number =>
  Math.log(latency.p99Ms / latency.medianMs) / 2.3263478740408408;
