import { durationMsOf, fieldsAt, numberOf, type Fields } from './reading.ts';

/** What a client's proxy allows towards a cluster at once; null is no limit. */
export interface Limits {
  readonly requests: number | null;
  readonly connections: number | null;
  readonly pending: number | null;
}

/** When a client's proxy takes an instance out, and for how long. */
export interface Ejection {
  readonly consecutive5xx: number | null;
  readonly consecutiveGateway: number | null;
  readonly baseMs: number;
  /** How often those taken out are looked at. */
  readonly intervalMs: number;
  readonly maxRatio: number;
  /** With fewer than this share in, all are asked again. */
  readonly minHealthyRatio: number;
}

/** The limits of a traffic policy; what a subset's own says of them replaces what the host's says. */
export function limitsIn(common: Fields, own: Fields = {}): Limits {
  const thresholds = 'thresholds' in own ? own : common;
  return 'thresholds' in thresholds
    ? exactLimits(fieldsAt(thresholds, 'thresholds'))
    : limitsOf(settingOf('connectionPool', common, own));
}

/** Null where instances are never taken out. */
export function ejectionIn(common: Fields, own: Fields = {}): Ejection | null {
  return 'outlierDetection' in own || 'outlierDetection' in common
    ? ejectionOf(settingOf('outlierDetection', common, own))
    : null;
}

const settingOf = (name: string, common: Fields, own: Fields): Fields =>
  name in own ? fieldsAt(own, name) : fieldsAt(common, name);

/** Zero means "not set" to Istio, so it is no limit. */
function limitsOf(pool: Fields): Limits {
  const positive = (value: unknown): number | null => {
    const number = numberOf(value);
    return number !== null && number > 0 ? number : null;
  };
  const http = fieldsAt(pool, 'http');
  return {
    requests: positive(http['http2MaxRequests']),
    connections: positive(fieldsAt(pool, 'tcp')['maxConnections']),
    pending: positive(http['http1MaxPendingRequests']),
  };
}

/** Envoy's own thresholds, which Istio cannot say and Consul does: here zero is none at all. */
function exactLimits(thresholds: Fields): Limits {
  const connections = numberOf(thresholds['maxConnections']);
  return {
    requests: numberOf(thresholds['maxRequests']),
    // Envoy opens one connection whatever the limit (ConnPoolImplBase::tryCreateNewConnection).
    connections: connections === null ? null : Math.max(1, connections),
    pending: numberOf(thresholds['maxPendingRequests']),
  };
}

function ejectionOf(detection: Fields): Ejection | null {
  const given = (name: string): number | null => numberOf(detection[name]);
  const consecutive5xx = positiveOr(given('consecutive5xxErrors') ?? 5, null);
  const consecutiveGateway = positiveOr(given('consecutiveGatewayErrors') ?? 0, null);
  if (consecutive5xx === null && consecutiveGateway === null) return null;
  return {
    consecutive5xx,
    consecutiveGateway,
    baseMs: durationMsOf(detection['baseEjectionTime']) ?? 30_000,
    intervalMs: positiveOr(durationMsOf(detection['interval']), 10_000),
    // Zero is "not set" here too, and not set is a tenth.
    maxRatio: positiveOr(given('maxEjectionPercent'), 10) / 100,
    minHealthyRatio: (given('minHealthPercent') ?? 0) / 100,
  };
}

const positiveOr = <T>(value: number | null, otherwise: T): number | T =>
  value !== null && value > 0 ? value : otherwise;
