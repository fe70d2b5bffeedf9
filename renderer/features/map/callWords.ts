import type { GraphCall } from '../../../shared/model/graph.ts';
import type { CallSignals } from '../../../shared/model/signals.ts';
import { plainText } from '../../ui/plainText.ts';
import { formatLatency, formatRate, formatRatio } from '../../ui/format.ts';

/** What stands at a call's line: "77 rps · 21 %", "queue", else its rate; nothing where no source has figures. */
export function callLabel(call: GraphCall, signals: CallSignals | null): string {
  const words: string[] = [];
  if (call.asynchronous) words.push('queue');
  if (signals !== null && signals.requestsPerSecond !== null)
    words.push(`${formatRate(signals.requestsPerSecond)} rps`);
  if (signals !== null && signals.errorRatio !== null && signals.errorRatio > 0)
    words.push(formatRatio(signals.errorRatio));
  return words.join(' · ');
}

/** What stands at a call's line unasked: "21 %", "queue", "–" where it is not known how many fail. */
export function shortCallLabel(call: GraphCall, signals: CallSignals | null): string {
  const errorRatio = signals?.errorRatio ?? null;
  return call.asynchronous && !(errorRatio !== null && errorRatio > 0) ? 'queue' : formatRatio(errorRatio);
}

/** All figures of a call, for the hover. */
export function callWords(call: GraphCall, signals: CallSignals | null): string {
  const protocols = call.protocols.join(', ') + (call.asynchronous ? ', asynchronous' : '');
  const lines = protocols === '' ? [] : [protocols];
  if (call.declared !== undefined) lines.push(`Declared: ${plainText(call.declared, 200)}`);
  if (call.unseen === true) return [...lines, 'Nobody was seen calling.'].join('\n');
  if (signals === null) return [...lines, 'no figures'].join('\n');
  lines.push(
    `${formatRate(signals.requestsPerSecond)} requests per second, ${formatRatio(signals.errorRatio)} fail`,
  );
  lines.push(
    `p50 ${formatLatency(signals.p50Ms)} · p90 ${formatLatency(signals.p90Ms)} · p99 ${formatLatency(signals.p99Ms)}`,
  );
  for (const [flag, share] of Object.entries(signals.flags))
    lines.push(`${plainText(flag, 40)} ${formatRatio(share)}`);
  if (signals.neverArrivedRatio !== null && signals.neverArrivedRatio > 0) {
    lines.push(`${formatRatio(signals.neverArrivedRatio)} never reached a workload`);
  }
  return lines.join('\n');
}
