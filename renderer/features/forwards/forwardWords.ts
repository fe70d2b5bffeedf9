import type { Forward } from '../../../shared/model/forward.ts';

/** "payment, now payment-v1-7d9f:8080", or the one instance that is meant. */
export function leadsTo({ toService, serviceName, instance, port }: Forward): string {
  const to = instance === null ? `port ${port}` : `${instance}:${port}`;
  if (!toService) return to;
  return instance === null ? `${serviceName}, ${to} of whichever is ready` : `${serviceName}, now ${to}`;
}

/** "0 B", "1.2 kB", "35 MB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let value = bytes;
  let place = 0;
  while (value >= 999.5 && place < units.length - 1) {
    value /= 1000;
    place += 1;
  }
  const digits = place > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[place]}`;
}

/** The port that was typed; `empty` where nothing was, null where it is none. */
export function readPort(text: string, empty: number | null): number | null {
  const plain = text.trim();
  if (plain === '') return empty;
  const port = /^\d{1,5}$/.test(plain) ? Number(plain) : NaN;
  return port >= 1 && port <= 65_535 ? port : null;
}
