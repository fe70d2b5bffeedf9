import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import { tripAnswer } from '../../../shared/analysis/heldTrips.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import { formatReady } from '../../../shared/analysis/formats.ts';
import { formatCount, formatLatency, formatRate, formatRatio } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

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

/** What stands on a card whose calls are held: "held · callers get 503"; null while none is. */
export function heldLine(
  trips: readonly HeldTrip[],
  nameOfHost: (host: string) => string | null,
): string | null {
  const [first] = trips;
  if (first === undefined) return null;
  const all = trips.find(({ caller }) => caller === null);
  if (all !== undefined) return `held · ${tripAnswer(all.mechanism, nameOfHost)}`;
  return trips.length === 1 ? `held for ${first.caller?.name ?? ''}` : `held for ${trips.length} callers`;
}

/** The same where there is room for a word: calls that still come keep their figure. */
export function briefHeldLine(trips: readonly HeldTrip[], signals: ServiceSignals | null): string {
  const rate = signals?.requestsPerSecond ?? null;
  const isAll = trips.some(({ caller }) => caller === null);
  return isAll || rate === null ? 'held' : `held · ${formatRate(rate)} rps`;
}

/** The whole card in one sentence, for those who hear it; `held` is what `heldLine` says, `grey` what `greyLine` does. */
export function nodeLabel(
  service: GraphService,
  signals: ServiceSignals | null,
  held: string | null = null,
  grey: string | null = null,
  firing = 0,
): string {
  const health = signals?.health ?? 'unknown';
  const parts = [service.name, health, readyLine(service), figuresLine(signals)];
  if (signals !== null && signals.errorRatio !== null && signals.errorRatio > 0) {
    parts.splice(2, 0, `${formatRatio(signals.errorRatio)} of calls fail`);
  }
  if (held !== null) parts.splice(1, 0, held.replace(' · ', ', '));
  if (grey !== null) parts.push(plainText(grey.replaceAll(' → ', ' goes to '), 80));
  if (firing > 0) parts.push(`${formatCount(firing, 'alert')} firing`);
  return parts.join(', ');
}
