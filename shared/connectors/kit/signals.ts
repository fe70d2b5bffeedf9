import type { Endpoint } from '../../model/observations.ts';
import type { NamespacedName } from '../../model/topology.ts';

export type { CallRow, Endpoint, LatencyRow, SignalsObservation } from '../../model/observations.ts';

/** Which calls a series or counter read is about. */
export interface CallScope {
  /** Callee by any of its hosts; all calls when absent. */
  readonly hosts?: readonly string[];
  readonly service?: NamespacedName;
  /** Whether a service is there, for peers whose names can stand for several. */
  isService?(one: NamespacedName): boolean;
  /** Whether an end of a call is the callee, for peers that name workloads or instances instead of hosts. */
  isCallee?(end: Pick<Endpoint, 'namespace' | 'workload' | 'instance'>): boolean;
  /** The source whose counts are wanted before any other's: whose the callee's own figures are. */
  readonly countedBy?: string;
}

/** A range: epoch ms, step in seconds. */
export interface SeriesRead {
  readonly scope: CallScope;
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  /** Rate window, at least twice the scrape interval. */
  readonly windowSeconds: number;
  readonly latency: boolean;
}

/** Raw counters of the calls to some hosts since a time. */
export interface CounterRead {
  readonly hosts: readonly string[];
  readonly since: number;
  /** Also what proxies answered themselves for this reason, where they count that apart from the hosts. */
  readonly stoppedBy?: 'fault' | 'answer' | 'limit';
  /** Also what the proxies of this namespace denied by policies and let through, where they count that themselves. */
  readonly deniedIn?: string;
}
