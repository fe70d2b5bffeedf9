import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import { formatReady } from '../../../shared/analysis/formats.ts';
import { formatLatency, formatRate, formatRatio } from '../../ui/format.ts';

/** The card's second line: "4 ready · 2 versions", "1 of 3 ready", "external". */
export function readyLine(service: GraphService): string {
  if (service.kind === 'external') return 'external';
  if (service.kind === 'unknown') return 'not identified';
  const ready =
    service.readyInstances === null
      ? 'readiness unknown'
      : formatReady(service.readyInstances, service.desiredInstances);
  const { length } = service.versions;
  return length > 1 ? `${ready} · ${length} versions` : ready;
}

/** The card's third line: "212 rps · p99 4.9 s". */
export function figuresLine(signals: ServiceSignals | null): string {
  if (signals === null || signals.requestsPerSecond === null) return 'no figures';
  const rate = `${formatRate(signals.requestsPerSecond)} rps`;
  return signals.p99Ms === null ? rate : `${rate} · p99 ${formatLatency(signals.p99Ms)}`;
}

/** The one line of a card drawn small: "212 rps · 3.5 %". */
export function briefLine(signals: ServiceSignals | null): string {
  if (signals === null || signals.requestsPerSecond === null) return 'no figures';
  const rate = `${formatRate(signals.requestsPerSecond)} rps`;
  const troubled = signals.health === 'failing' || signals.health === 'degraded';
  return troubled && signals.errorRatio !== null ? `${rate} · ${formatRatio(signals.errorRatio)}` : rate;
}

/** The whole card in one sentence, for those who hear it. */
export function nodeLabel(service: GraphService, signals: ServiceSignals | null): string {
  const health = signals?.health ?? 'unknown';
  const parts = [service.name, health, readyLine(service), figuresLine(signals)];
  if (signals !== null && signals.errorRatio !== null && signals.errorRatio > 0) {
    parts.splice(2, 0, `${formatRatio(signals.errorRatio)} of calls fail`);
  }
  return parts.join(', ');
}
