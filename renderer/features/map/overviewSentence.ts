import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import { formatCount } from '../../ui/format.ts';

interface OverviewInput {
  readonly shownServices: readonly EntityId[];
  readonly allServices: number;
  readonly shownCalls: readonly CallId[];
  readonly signals: ReadonlyMap<EntityId, ServiceSignals>;
}

/** "11 services · 11 calls · 3 failing, 2 degraded"; what filters leave out is counted, not dropped silently. */
export function overviewSentence({ shownServices, allServices, shownCalls, signals }: OverviewInput): string {
  const counts = { failing: 0, degraded: 0, unknown: 0, healthy: 0 };
  for (const id of shownServices) counts[signals.get(id)?.health ?? 'unknown'] += 1;
  const hidden = allServices - shownServices.length;
  const services =
    hidden === 0
      ? formatCount(shownServices.length, 'service')
      : `${shownServices.length} of ${formatCount(allServices, 'service')}`;
  return `${services} · ${formatCount(shownCalls.length, 'call')} · ${healthWords(counts)}`;
}

function healthWords(counts: {
  readonly failing: number;
  readonly degraded: number;
  readonly unknown: number;
  readonly healthy: number;
}): string {
  const words = (['failing', 'degraded', 'unknown'] as const)
    .filter((health) => counts[health] > 0)
    .map((health) => `${counts[health]} ${health === 'unknown' ? 'without figures' : health}`);
  if (words.length > 0) return words.join(', ');
  return counts.healthy > 0 ? 'all healthy' : 'no figures';
}
