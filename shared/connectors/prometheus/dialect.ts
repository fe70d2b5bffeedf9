import type { CallRow, LatencyRow } from '../kit/signals.ts';
import type { Labels } from './answers.ts';
import type { Matcher } from './promql.ts';

/** How one kind of proxy names its metrics. A dialect is data: names, labels, and how a row is read. */
export interface Dialect {
  readonly id: 'istio' | 'envoy' | 'consul';
  /** For the source line: "Istio metrics". */
  readonly title: string;
  readonly requests: MetricQuery;
  /** Cumulative buckets in ms. */
  readonly latency: MetricQuery;
  /** Connections of protocols without requests; null where they cannot be told from those that carry requests. */
  readonly tcp: MetricQuery | null;
  /** Counters of what proxies answered themselves, by its reason, where they count that apart from hosts. */
  readonly stopped?: Readonly<Record<'fault' | 'answer', Pick<MetricQuery, 'metric' | 'matchers'>>>;
  /** Counters of calls that a limit of the caller's proxy refused, each call in one of them; absent where none are exported. */
  readonly refusedByLimit?: readonly string[];
  /** What the instance's own proxy counts, and the labels that name its pod; null where only callers' proxies count. */
  readonly perInstance: {
    readonly requests: Pick<MetricQuery, 'metric' | 'matchers'>;
    readonly namespace: string;
    readonly pod: string;
  } | null;
  /** Counters of what a callee's proxy denied by policies, and of what its listeners answered otherwise. */
  readonly atCallee?: {
    readonly denied: string;
    readonly letThrough: Pick<MetricQuery, 'metric' | 'matchers'>;
    /** Labels that tell one listener from another. */
    readonly listener: readonly string[];
    inNamespace(namespace: string): readonly Matcher[];
  };
  /** Label that parts all series into pieces small enough to ask one by one. */
  readonly partLabel: string;
  /** Labels kept in range queries about one callee. */
  readonly lines: { readonly requests: readonly string[]; readonly latency: readonly string[] };
  /** Labels kept in range queries over everything. */
  readonly overall: readonly string[];
  /** Series whose sum over everything counts each request about once; `unreported`: hosts whose own side reports nothing. */
  overallMatchers(unreported: readonly string[]): readonly (readonly Matcher[])[];
  /** Series of the calls to some hosts. */
  toHosts(hosts: readonly string[]): Matcher;
  readCall(labels: Labels, perSecond: number): CallRow | null;
  readLatency(labels: Labels): Omit<LatencyRow, 'buckets'> | null;
}

/** One metric, what of it is wanted, and the labels that make a row. */
export interface MetricQuery {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  readonly by: readonly string[];
}
