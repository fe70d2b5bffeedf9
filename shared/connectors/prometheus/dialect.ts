import type { Evidence } from '../../model/signals.ts';
import type { CallRow, LatencyRow } from '../kit/signals.ts';
import type { Labels } from './answers.ts';
import type { Matcher } from './promql.ts';

/** How one kind of proxy or program names its metrics. A dialect is data: names, labels, and how a row is read. */
export interface Dialect {
  readonly id: string;
  /** For the source line: "Istio metrics". */
  readonly title: string;
  readonly evidence: Evidence;
  /** Rows that callees reported are all that they received. */
  readonly seesAllReceived?: true;
  /** Rows inside the cluster name no host, so nobody can count by them which destination a route chose. */
  readonly namesNoHost?: true;
  /** Not read where one of these is there: they say the same, and more. */
  readonly unless?: readonly string[];
  readonly requests: MetricQuery;
  /** Those of the requests that failed, where no label of `requests` says so; the same labels make a row. */
  readonly failures?: MetricQuery;
  /** Null where nothing counts how long calls took. */
  readonly latency: Latency | null;
  /** Names that it may have instead, by version and settings: the first that is there is read. */
  readonly latencies?: readonly Latency[];
  /** Calls that only the callee's proxy counts, since their callers have none. */
  readonly strangers?: {
    readonly requests: MetricQuery;
    readonly latency: MetricQuery;
    /** Label of the callee's namespace. */
    readonly namespace: string;
  };
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
  /** Series of the calls to some hosts: each of the alternatives is asked for, a row that two of them give counts once. */
  toHosts(hosts: readonly string[]): readonly (readonly Matcher[])[];
  /** Said where it is there and no row of it names a callee. */
  readonly nameless?: string;
  readCall(labels: Labels, perSecond: number): CallRow | null;
  readLatency(labels: Labels): Omit<LatencyRow, 'buckets'> | null;
}

/** Cumulative buckets. */
export interface Latency extends MetricQuery {
  readonly unit: 's' | 'ms';
}

/** One metric, what of it is wanted, and the labels that make a row. */
export interface MetricQuery {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  readonly by: readonly string[];
}
