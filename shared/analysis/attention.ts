import type { EntityId } from '../model/entity.ts';
import type { Attention, ServiceSignals } from '../model/signals.ts';
import { formatPerSecond } from './formats.ts';

/** What needs eyes, most calls lost per second first; then what fails without losing calls. */
export function needsAttention(signals: ReadonlyMap<EntityId, ServiceSignals>): Attention[] {
  const lines: Attention[] = [];
  for (const [serviceId, one] of signals) {
    if (one.health !== 'failing' && one.health !== 'degraded') continue;
    lines.push({ serviceId, health: one.health, failedPerSecond: one.failedPerSecond, text: textOf(one) });
  }
  return lines.sort(
    (a, b) =>
      (b.failedPerSecond ?? 0) - (a.failedPerSecond ?? 0) ||
      Number(b.health === 'failing') - Number(a.health === 'failing') ||
      (a.serviceId < b.serviceId ? -1 : 1),
  );
}

/** The worst reason; where it is about lost calls, the figure by which the list is ordered. */
function textOf(signals: ServiceSignals): string {
  const reason = signals.reasons[0];
  const losesCalls = signals.failedPerSecond !== null && signals.failedPerSecond > 0;
  if (losesCalls && (reason === undefined || / of calls fail/.test(reason))) {
    return `${formatPerSecond(signals.failedPerSecond)} failed/s`;
  }
  return reason ?? signals.health;
}
