import { outcomeLabels } from './outcomes.ts';

/** Upper bounds in milliseconds of Istio's request durations (those of Envoy's own histograms). */
export const durationBounds: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000,
  1_800_000, 3_600_000,
];

/** Requests with the same labels, as one proxy counts them. */
export interface RequestRow {
  /** The reporting pod, `namespace/name`. */
  readonly reporter: string;
  readonly labels: Readonly<Record<string, string>>;
  count: number;
  sumMs: number;
  /** Per bucket, not cumulative; the last is beyond all bounds. */
  readonly buckets: Float64Array;
}

/** What a TCP connection's proxy counts. */
export interface TcpRow {
  readonly reporter: string;
  readonly labels: Readonly<Record<string, string>>;
  sentBytes: number;
  receivedBytes: number;
  opened: number;
  closed: number;
}

/** All counters of the fleet; they only grow. */
export interface Counters {
  /** The row of these labels; made at its first request. `labels` is only asked then. */
  request(
    key: string,
    reporter: string,
    outcome: number,
    labels: () => Readonly<Record<string, string>>,
  ): RequestRow;
  tcp(key: string, reporter: string, labels: () => Readonly<Record<string, string>>): TcpRow;
  requests(): readonly RequestRow[];
  connections(): readonly TcpRow[];
}

/** No requests yet. */
export function createCounters(): Counters {
  const requests = new Map<string, RequestRow>();
  const connections = new Map<string, TcpRow>();
  let requestList: readonly RequestRow[] | null = null;
  return {
    request(key, reporter, outcome, labels) {
      const known = requests.get(key);
      if (known !== undefined) return known;
      const fresh: RequestRow = {
        reporter,
        labels: { ...labels(), ...outcomeLabels(outcome) },
        count: 0,
        sumMs: 0,
        buckets: new Float64Array(durationBounds.length + 1),
      };
      requests.set(key, fresh);
      requestList = null;
      return fresh;
    },
    tcp(key, reporter, labels) {
      const known = connections.get(key);
      if (known !== undefined) return known;
      const fresh = { reporter, labels: labels(), sentBytes: 0, receivedBytes: 0, opened: 0, closed: 0 };
      connections.set(key, fresh);
      return fresh;
    },
    requests: () => (requestList ??= [...requests.values()]),
    connections: () => [...connections.values()],
  };
}

/** Counts `howMany` requests that took this long. */
export function countRequests(row: RequestRow, howMany: number, latencyMs: number): void {
  row.count += howMany;
  row.sumMs += howMany * latencyMs;
  let bucket = 0;
  while (bucket < durationBounds.length && latencyMs > (durationBounds[bucket] ?? 0)) bucket += 1;
  row.buckets[bucket] = (row.buckets[bucket] ?? 0) + howMany;
}
