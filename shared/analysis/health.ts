import type { HealthThresholds } from '../model/settings.ts';
import type { Health, Signals } from '../model/signals.ts';
import { formatAge, formatCount, formatPercent, formatPerSecond } from './formats.ts';

/** A health and why, worst first. */
export interface HealthVerdict {
  readonly health: Health;
  readonly reasons: string[];
}

type Rates = Pick<Signals, 'requestsPerSecond' | 'failedPerSecond' | 'errorRatio'>;

/** What the health of a service is judged by. Rates unrounded; null = not said. */
export interface ServiceEvidence extends Rates {
  /** Something connects to it, and no source counts requests (TCP). */
  readonly onlyConnections?: boolean;
  readonly windowSeconds: number;
  readonly thresholds: HealthThresholds;
  readonly readyInstances: number | null;
  readonly desiredInstances: number | null;
  readonly recentRestarts: number | null;
}

/** What the health of a call is judged by. */
export interface CallEvidence extends Rates {
  readonly windowSeconds: number;
  readonly thresholds: HealthThresholds;
}

const RANK: Record<Health, number> = { failing: 3, degraded: 2, unknown: 1, healthy: 0 };

/** Failing errors or no instance ready, degraded errors, missing instances or restarts, else healthy; no figures, unknown. */
export function healthOfService(evidence: ServiceEvidence): HealthVerdict {
  const { readyInstances: ready, desiredInstances: desired, recentRestarts: restarts } = evidence;
  const found: { health: Health; reason: string }[] = [];
  const traffic = evidence.onlyConnections
    ? {
        health: 'unknown' as const,
        reason: 'only connections are seen, not requests: nothing tells failures',
      }
    : judgeErrors(evidence);
  if (traffic.reason !== null) found.push({ health: traffic.health, reason: traffic.reason });
  if (ready === 0 && desired !== 0) {
    found.push({
      health: 'failing',
      reason: desired === null ? 'no instance ready' : `0 of ${desired} ready`,
    });
  } else if (ready !== null && desired !== null && ready < desired) {
    found.push({ health: 'degraded', reason: `${ready} of ${desired} ready` });
  }
  if (restarts !== null && restarts > 0) {
    found.push({
      health: 'degraded',
      reason: `${restarts} ${restarts === 1 ? 'restart' : 'restarts'} within the last hour`,
    });
  }
  found.sort((a, b) => RANK[b.health] - RANK[a.health]);
  const worst = found[0]?.health ?? traffic.health;
  return { health: worst, reasons: found.map((one) => one.reason) };
}

/** The same by errors alone. */
export function healthOfCall(evidence: CallEvidence): HealthVerdict {
  const { health, reason } = judgeErrors(evidence);
  return { health, reasons: reason === null ? [] : [reason] };
}

/** The worst of several healths, by which a container or a group is drawn. */
export function worstHealth(healths: Iterable<Health>): Health {
  let worst: Health = 'healthy';
  let any = false;
  for (const health of healths) {
    any = true;
    if (RANK[health] > RANK[worst]) worst = health;
  }
  return any ? worst : 'unknown';
}

function judgeErrors(evidence: CallEvidence): { health: Health; reason: string | null } {
  const { requestsPerSecond, failedPerSecond, errorRatio, thresholds, windowSeconds } = evidence;
  const window = formatAge(windowSeconds * 1000);
  if (requestsPerSecond === null) return { health: 'unknown', reason: `no calls seen in the last ${window}` };
  const calls = requestsPerSecond * windowSeconds;
  if (requestsPerSecond === 0) return { health: 'unknown', reason: `no calls in the last ${window}` };
  if (errorRatio === null || failedPerSecond === null)
    return { health: 'unknown', reason: 'no source tells failures' };
  // The window's count is a rate times a length: half a call of slack keeps 20 from becoming 19.99.
  if (calls + 0.5 < thresholds.minimumCalls) {
    const failed = Math.round(failedPerSecond * windowSeconds);
    const some = failed > 0 ? `, ${formatCount(failed)} of them failed` : '';
    const count = formatCount(Math.max(1, calls));
    return {
      health: 'unknown',
      reason: `about ${count} calls in the last ${window}${some}: too few for a verdict`,
    };
  }
  if (errorRatio < thresholds.degradedErrorRatio) return { health: 'healthy', reason: null };
  const reason = `${formatPercent(errorRatio)} of calls fail, ${formatPerSecond(failedPerSecond)} a second`;
  return { health: errorRatio >= thresholds.failingErrorRatio ? 'failing' : 'degraded', reason };
}
