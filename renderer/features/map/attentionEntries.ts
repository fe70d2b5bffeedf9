import { cannotWait } from '../../../shared/analysis/certificateEnd.ts';
import type { Attention as AttentionLine } from '../../../shared/model/signals.ts';
import type { EndingService } from '../../live/certificates.ts';

/** A service, or certificates of no service here; what stays is drawn also where the list is folded. */
export type AttentionEntry =
  | { readonly line: AttentionLine; readonly stays: boolean }
  | { readonly elsewhere: EndingService; readonly stays: true };

/** So many are drawn at most because they stay: the map needs its room. */
const mostStaying = 3;

/**
 * Adds certificates to services in trouble. One that has ended, or on which all of a mesh stands, comes before what is only
 * degraded; one that merely ends soon is no trouble yet, and comes last.
 */
export function attentionEntries(
  lines: readonly AttentionLine[],
  ending: readonly EndingService[],
  now: number,
): readonly AttentionEntry[] {
  const known = new Set(lines.map(({ serviceId }) => serviceId));
  const pressing = ending.filter(({ first }) => cannotWait(first, now));
  const staying = new Set(pressing.map(({ serviceId }) => serviceId));
  const only = ending.flatMap(({ serviceId }): AttentionLine[] =>
    serviceId === null || known.has(serviceId)
      ? []
      : [{ serviceId, health: 'unknown', failedPerSecond: null, text: '' }],
  );
  const all = [...lines, ...only];
  const isRaised = ({ serviceId, health }: AttentionLine): boolean =>
    staying.has(serviceId) && health !== 'failing';
  const others = all.filter((line) => !isRaised(line));
  const found = others.findIndex(({ health }) => health !== 'failing');
  const place = found < 0 ? others.length : found;
  const entryOf = (line: AttentionLine): AttentionEntry => ({ line, stays: staying.has(line.serviceId) });
  return [
    ...others.slice(0, place).map(entryOf),
    ...pressing.flatMap((each): AttentionEntry[] =>
      each.serviceId === null ? [{ elsewhere: each, stays: true }] : [],
    ),
    ...all.filter(isRaised).map(entryOf),
    ...others.slice(place).map(entryOf),
  ];
}

/** The first few, and what stays wherever it stands. */
export function drawnOf(entries: readonly AttentionEntry[], few: number): readonly AttentionEntry[] {
  return entries.filter(({ stays }, i) => i < few || stays).slice(0, few + mostStaying);
}
