import type { LogEntry } from '../../../shared/model/log.ts';

/** An entry as it stands in the panel: numbered, so that it keeps its place when older ones go. */
export interface ShownEntry {
  readonly number: number;
  readonly entry: LogEntry;
}

/** What the panel holds: never more than so much, the oldest go first and are counted. */
export interface LogBuffer {
  readonly entries: readonly ShownEntry[];
  readonly dropped: number;
  readonly next: number;
  readonly chars: number;
}

export const mostEntries = 20_000;
const mostChars = 16 * 1024 * 1024;

export const emptyBuffer: LogBuffer = { entries: [], dropped: 0, next: 0, chars: 0 };

/** The buffer with more entries at its end. */
export function withEntries(buffer: LogBuffer, more: readonly LogEntry[]): LogBuffer {
  if (more.length === 0) return buffer;
  const added = more.map((entry, place) => ({ number: buffer.next + place, entry }));
  const all = [...buffer.entries, ...added];
  let chars = buffer.chars + more.reduce((sum, { text }) => sum + text.length, 0);
  let from = Math.max(0, all.length - mostEntries);
  for (let place = 0; place < from; place += 1) chars -= all[place]?.entry.text.length ?? 0;
  for (; chars > mostChars && from < all.length - 1; from += 1) chars -= all[from]?.entry.text.length ?? 0;
  return {
    entries: from === 0 ? all : all.slice(from),
    dropped: buffer.dropped + from,
    next: buffer.next + more.length,
    chars,
  };
}
