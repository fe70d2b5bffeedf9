import type { RequestMeter } from '../connectors/kit/meter.ts';
import { type PeerUsage, RequestKind } from '../model/about.ts';
import type { Clock } from './ports.ts';

const hourSeconds = 3600;

/** Counts by the second, and forgets what is older than an hour. */
export function createRequestMeter(clock: Pick<Clock, 'now' | 'elapsed'>): RequestMeter & {
  usage(): PeerUsage;
} {
  const since = clock.now();
  /** By second, in the order of time. */
  const counted = new Map<number, Map<RequestKind, number>>();
  const streams = new Set<{ readonly what: string; readonly openedAt: number }>();
  const second = (): number => Math.floor(clock.elapsed() / 1000);

  function forgetOld(now: number): void {
    for (const at of counted.keys()) {
      if (at > now - hourSeconds) return;
      counted.delete(at);
    }
  }

  function sum(kind: RequestKind, after: number): number {
    let all = 0;
    for (const [at, kinds] of counted) if (at > after) all += kinds.get(kind) ?? 0;
    return all;
  }

  return {
    count(kind) {
      const now = second();
      forgetOld(now);
      const kinds = counted.get(now) ?? new Map<RequestKind, number>();
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      counted.set(now, kinds);
    },
    opened(what) {
      const stream = { what, openedAt: clock.now() };
      streams.add(stream);
      return () => void streams.delete(stream);
    },
    usage() {
      const now = second();
      forgetOld(now);
      return {
        since,
        kinds: RequestKind.options
          .map((kind) => ({
            kind,
            lastMinute: sum(kind, now - 60),
            lastHour: sum(kind, now - hourSeconds),
          }))
          .filter(({ lastHour }) => lastHour > 0),
        streams: [...streams].sort((a, b) => a.openedAt - b.openedAt),
      };
    },
  };
}
