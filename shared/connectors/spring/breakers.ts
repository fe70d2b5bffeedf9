import { z } from 'zod';

/** Resilience4j's states, as its actuator writes them. */
export const BreakerState = z.enum([
  'CLOSED',
  'OPEN',
  'HALF_OPEN',
  'FORCED_OPEN',
  'DISABLED',
  'METRICS_ONLY',
]);
export type BreakerState = z.infer<typeof BreakerState>;

/** One breaker of one instance as it is now. */
export interface Breaker {
  readonly name: string;
  readonly state: BreakerState;
  /** 0..1; null where there are too few calls to say. */
  readonly failureRatio: number | null;
  readonly slowRatio: number | null;
  readonly failureRatioThreshold: number | null;
  readonly slowRatioThreshold: number | null;
  readonly bufferedCalls: number | null;
  /** Counts on in forced-open too, where the metric of that name stands still. */
  readonly notPermittedCalls: number | null;
}

const percent = z.string().max(40).nullish();
const count = z.number().int().nonnegative().nullish();
const Shape = z.object({
  circuitBreakers: z.record(
    z.string(),
    z.object({
      state: BreakerState,
      failureRate: percent,
      slowCallRate: percent,
      failureRateThreshold: percent,
      slowCallRateThreshold: percent,
      bufferedCalls: count,
      notPermittedCalls: count,
    }),
  ),
});

/** Null where the answer is none of the endpoint's. */
export function readBreakers(body: unknown): ReadonlyMap<string, Breaker> | null {
  const read = Shape.safeParse(body);
  if (!read.success) return null;
  const all = Object.entries(read.data.circuitBreakers).map(([name, one]): [string, Breaker] => [
    name,
    {
      name,
      state: one.state,
      failureRatio: ratioOf(one.failureRate),
      slowRatio: ratioOf(one.slowCallRate),
      failureRatioThreshold: ratioOf(one.failureRateThreshold),
      slowRatioThreshold: ratioOf(one.slowCallRateThreshold),
      bufferedCalls: one.bufferedCalls ?? null,
      notPermittedCalls: one.notPermittedCalls ?? null,
    },
  ]);
  return new Map(all);
}

/** "50.0%" is 0.5; "-1.0%" is how Resilience4j says that there are too few calls. */
function ratioOf(text: string | null | undefined): number | null {
  const value = Number(/^(-?[\d.]+)%$/.exec(text ?? '')?.[1] ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value / 100 : null;
}

const Events = z.object({
  circuitBreakerEvents: z.array(
    z.object({
      circuitBreakerName: z.string(),
      type: z.string(),
      creationTime: z.string(),
      stateTransition: z.string().nullish(),
      errorMessage: z.string().nullish(),
    }),
  ),
});

/** Something that a breaker noted: a transition, or that its threshold was exceeded. */
export interface BreakerEvent {
  readonly breaker: string;
  readonly type: string;
  readonly at: number | null;
  readonly text: string;
}

/** What is worth telling; single calls are not. */
export function readEvents(body: unknown): readonly BreakerEvent[] {
  const read = Events.safeParse(body);
  if (!read.success) return [];
  return read.data.circuitBreakerEvents
    .filter(({ type }) => !['SUCCESS', 'ERROR', 'NOT_PERMITTED', 'IGNORED_ERROR'].includes(type))
    .map(({ circuitBreakerName, type, creationTime, stateTransition }) => ({
      breaker: circuitBreakerName,
      type,
      at: timeOf(creationTime),
      text: (stateTransition ?? type.toLowerCase().replaceAll('_', ' ')).slice(0, 300),
    }));
}

/** "2026-11-21T23:18:48.175102274Z[Etc/UTC]": the zone in brackets is Java's own. */
function timeOf(text: string): number | null {
  const at = Date.parse(text.replace(/\[[^\]]*\]$/, ''));
  return Number.isNaN(at) ? null : at;
}
