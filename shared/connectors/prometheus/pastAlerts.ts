import type { PastAlert, PastAlerts, Span } from '../kit/past.ts';
import type { Series } from './answers.ts';
import type { Asking } from './asking.ts';

/** What a strip of a window's width can tell apart. */
const mostSteps = 200;
/** Rules are seldom evaluated more often. */
const leastStepSeconds = 15;
const mostAlerts = 500;

/** Alerts that fired in a span, by the series that Prometheus writes of its own rules (prometheus.io, alerting rules, ALERTS). */
export async function readPastAlerts(
  asking: Pick<Asking, 'range' | 'problems'>,
  span: Span,
  signal: AbortSignal,
): Promise<PastAlerts> {
  const seconds = Math.max(0, (span.to - span.from) / 1000);
  const stepSeconds = Math.max(leastStepSeconds, Math.ceil(seconds / mostSteps));
  // Whole steps back from now, so that what fires still is seen firing.
  const from = span.to - Math.floor(seconds / stepSeconds) * stepSeconds * 1000;
  const found = await asking.range('ALERTS{alertstate="firing"}', { from, to: span.to, stepSeconds }, signal);
  const alerts = found
    .slice(0, mostAlerts)
    .flatMap((series) => firingIn(series, span.to, stepSeconds * 1000));
  const left = found.length - mostAlerts;
  return {
    alerts,
    problems: [...asking.problems(), ...(left > 0 ? [`${left} more alerts that fired are not told.`] : [])],
  };
}

/** Each stretch of one alert; a step without it ends one. */
function firingIn({ labels, samples }: Series, now: number, stepMs: number): PastAlert[] {
  const { __name__: _, alertstate: __, ...rest } = labels;
  const stretches: { from: number; to: number }[] = [];
  for (const [at] of samples) {
    const last = stretches.at(-1);
    if (last !== undefined && at - last.to < stepMs * 1.5) last.to = at;
    else stretches.push({ from: at, to: at });
  }
  return stretches.map(({ from, to }) => ({
    name: (rest['alertname'] ?? 'an alert without a name').slice(0, 200),
    severity: rest['severity']?.slice(0, 60) ?? null,
    labels: rest,
    from,
    to: now - to < stepMs ? null : to,
  }));
}
