/** One series of an exposition that grows evenly. Names and labels as the exporters' documentation and sources have them. */
export interface GrowingSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly perSecond: number;
}

/** What one kind of exporter says of some calls, and what it comes to. */
export interface MetricFamily {
  /** As its source line names it. */
  readonly title: string;
  readonly series: readonly GrowingSeries[];
  /** Calls by "caller > callee", of services of the namespace market; `?` for callers whom it does not know. */
  readonly calls: Readonly<Record<string, ExpectedCall>>;
}

interface ExpectedCall {
  readonly requests: number;
  readonly failed: number;
  /** Null where it has no histogram. */
  readonly p50Ms: number | null;
}

export const one = (
  metric: string,
  perSecond: number,
  labels: Readonly<Record<string, string>>,
): GrowingSeries => ({
  metric,
  labels,
  perSecond,
});

/** Buckets of which half ends at `half` and all at ten times that. */
export function buckets(
  metric: string,
  perSecond: number,
  half: number,
  labels: Readonly<Record<string, string>>,
): GrowingSeries[] {
  const bounds: [string, number][] = [
    [String(half / 10), 0],
    [String(half), perSecond / 2],
    [String(half * 10), perSecond],
    ['+Inf', perSecond],
  ];
  return bounds.map(([le, rate]) => one(`${metric}_bucket`, rate, { ...labels, le }));
}

/** The namespace that all calls lie in. */
export const market = 'market';
/** A pod of the service web. */
export const pod = 'web-5c9d7-x2x4z';
