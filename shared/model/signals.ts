import { z } from 'zod';
import { CallId, EntityId } from './entity.ts';

/** Healthy, degraded, failing, or unknown: unknown is never drawn as healthy. */
export const Health = z.enum(['healthy', 'degraded', 'failing', 'unknown']);
export type Health = z.infer<typeof Health>;

/**
 * What counted a call, best first: proxies on its way, traces that pair both its ends, the caller's own program, the ingress
 * that let it in, the callee's own program (which does not know who called).
 */
export const Evidence = z.enum(['mesh', 'serviceGraph', 'client', 'ingress', 'server']);
export type Evidence = z.infer<typeof Evidence>;

/** Requests per second, share that failed (0..1) and latency over a window; null = the peer did not say. */
export const Signals = z.object({
  requestsPerSecond: z.number().nullable(),
  failedPerSecond: z.number().nullable(),
  errorRatio: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p90Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});
export type Signals = z.infer<typeof Signals>;

export const ServiceSignals = Signals.extend({
  health: Health,
  /** Why it has this health, worst first, in words an operator reads. */
  reasons: z.array(z.string()),
  /** The same by version, for services whose sources tell versions apart. */
  versions: z.record(z.string(), Signals),
  /** Whose counts these are, where there are several: charts are drawn by the same. */
  countedBy: z.string().optional(),
});
export type ServiceSignals = z.infer<typeof ServiceSignals>;

export const CallSignals = Signals.extend({
  health: Health,
  /** Share of calls by Envoy response flag, 0..1, flags that mean trouble only (UO, UH, UF, UT, URX, NR, NC, FI, …). */
  flags: z.record(z.string(), z.number()),
  /** Share of calls that never reached a workload, 0..1; null when the source cannot tell. */
  neverArrivedRatio: z.number().nullable(),
  /** Share of calls that were answered "forbidden" (403, gRPC 7), 0..1, whoever refused them; null where none is known to be and some may be. */
  forbiddenRatio: z.number().nullable(),
  /** Whose figures these are, and who else counted the same calls, best first: those are not added. */
  counted: z.object({ by: z.string(), evidence: Evidence, also: z.array(z.string()) }).optional(),
});
export type CallSignals = z.infer<typeof CallSignals>;

/** One line of "needs attention", ordered by calls lost per second. */
export const Attention = z.object({
  serviceId: EntityId,
  health: Health,
  failedPerSecond: z.number().nullable(),
  /** What is wrong, without the service's name: "8.7 failed/s", "0 of 3 ready". */
  text: z.string(),
});
export type Attention = z.infer<typeof Attention>;

/** Where figures come from and how old they are. */
export const Provenance = z.object({
  source: z.string(),
  observedAt: z.number(),
  /** Time of the newest sample behind the figures; null when the source does not say. */
  newestSampleAt: z.number().nullable(),
  windowSeconds: z.number(),
  /** What is missing from the figures, in words. */
  problems: z.array(z.string()),
});
export type Provenance = z.infer<typeof Provenance>;

/** One tick of figures. The first is full; later ones carry only what changed. */
export const SignalsTick = z.object({
  sequence: z.number(),
  full: z.boolean(),
  provenance: z.array(Provenance),
  /** Some source has still to give its first figures: what is missing may merely be late. */
  awaited: z.boolean(),
  services: z.record(EntityId, ServiceSignals),
  calls: z.record(CallId, CallSignals),
  gone: z.object({ services: z.array(EntityId), calls: z.array(CallId) }),
  attention: z.array(Attention),
});
export type SignalsTick = z.infer<typeof SignalsTick>;

/** A line of a chart: `values[i]` belongs to `from + i * stepSeconds * 1000`; null is a gap, never zero. */
export const Series = z.object({
  name: z.string(),
  values: z.array(z.number().nullable()),
});
export type Series = z.infer<typeof Series>;

/** A vertical line on charts and on the timeline. */
export const Mark = z.object({
  at: z.number(),
  kind: z.enum(['deployment', 'operation', 'event']),
  title: z.string(),
  serviceId: EntityId.nullable(),
  operationId: z.string().nullable(),
});
export type Mark = z.infer<typeof Mark>;

/** What the inspector's charts show of one service, by version. */
export const ServiceCharts = z.object({
  serviceId: EntityId,
  from: z.number(),
  stepSeconds: z.number(),
  p99Ms: z.array(Series),
  p50Ms: z.array(Series),
  errorRatio: z.array(Series),
  requestsPerSecond: z.array(Series),
  marks: z.array(Mark),
  provenance: z.array(Provenance),
});
export type ServiceCharts = z.infer<typeof ServiceCharts>;

/** How far back charts and the timeline reach at most. */
export const longestRangeSeconds = 86_400;

/** Failures across the whole map, and what happened when. */
export const Timeline = z.object({
  from: z.number(),
  stepSeconds: z.number(),
  failedPerSecond: z.array(z.number().nullable()),
  requestsPerSecond: z.array(z.number().nullable()),
  marks: z.array(Mark),
  provenance: z.array(Provenance),
});
export type Timeline = z.infer<typeof Timeline>;
