import type { LogEntry } from '../model/log.ts';

/**
 * The lines of several containers in the order of their times. Each list is in its own order, which is kept: an entry without a
 * time stays behind the one it came after, and so does one whose time is earlier.
 */
export function mergeLogs(lists: readonly (readonly LogEntry[])[]): LogEntry[] {
  const timed = lists.flatMap((list, of) => {
    let latest = Number.NEGATIVE_INFINITY;
    return list.map((entry, place) => {
      if (entry.kind === 'line' && entry.at !== null) latest = Math.max(latest, entry.at);
      return { entry, at: latest, of, place };
    });
  });
  return timed.sort((a, b) => a.at - b.at || a.of - b.of || a.place - b.place).map(({ entry }) => entry);
}
