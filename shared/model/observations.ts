import type { Evidence } from './signals.ts';
import type { NamespacedName } from './topology.ts';

/** Who sent or received a call, as far as metrics say. Names are the peer's; null = not said. */
export interface Endpoint {
  readonly namespace: string | null;
  readonly workload: string | null;
  /** Canonical service or app label. */
  readonly service: string | null;
  readonly version: string | null;
  /** Pod or proxy that reported, when workload is not known. */
  readonly instance: string | null;
}

/** One aggregated row of request metrics. Several rows make a call: codes, flags, versions, reporters. */
export interface CallRow {
  readonly reporter: 'source' | 'destination' | 'waypoint';
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Host the caller asked for, fully qualified where the peer says so. */
  readonly host: string | null;
  /** Services that `host` can stand for where it joins their parts by what parts contain too: likeliest first, as likely ones together. */
  readonly mayMean?: readonly (readonly NamespacedName[])[];
  readonly subset: string | null;
  readonly protocol: 'http' | 'grpc' | 'tcp';
  /** HTTP status or class ("200", "5xx"); "0" where no answer came; null for TCP. */
  readonly responseCode: string | null;
  readonly grpcStatus: string | null;
  /** Envoy response flags, already split; `-` gives an empty list. */
  readonly flags: readonly string[];
  /** Where the peer itself says whether they failed; absent where code, status and flags tell. */
  readonly failed?: boolean;
  /** Sent through a queue or a topic. */
  readonly asynchronous?: true;
  /** Requests per second; for TCP, connections opened per second. */
  readonly perSecond: number;
}

/** Latency buckets of the same keys without code and flags. `le` is in ms, Infinity last; `perSecond` cumulative. */
export interface LatencyRow extends Pick<
  CallRow,
  'reporter' | 'source' | 'destination' | 'host' | 'mayMean' | 'subset'
> {
  readonly buckets: readonly { readonly leMs: number; readonly perSecond: number }[];
}

/** One reading of everything that calls, over a window. */
export interface SignalsObservation {
  readonly source: string;
  /** How the calls were counted; as their callers did where it is absent. */
  readonly evidence?: Evidence;
  /** Rows that callees reported are all that they received. */
  readonly seesAllReceived?: true;
  readonly observedAt: number;
  readonly newestSampleAt: number | null;
  readonly windowSeconds: number;
  readonly calls: readonly CallRow[];
  readonly latency: readonly LatencyRow[];
  /** Queries sent for this reading. */
  readonly queries: number;
  readonly problems: readonly string[];
  /** What other metrics of the same peer say, perhaps of the same calls. */
  readonly beside?: readonly SignalsObservation[];
}

/** Raw counters with their sample times, of the calls to some hosts. */
export interface CountersObservation {
  readonly source: string;
  readonly series: readonly {
    /** Stable identity of the counter (its whole label set). */
    readonly key: string;
    readonly caller: string | null;
    /** Every name the metrics give the caller, as namespace/name: its workload, its service. */
    readonly callerNames?: readonly string[];
    /** Empty where the proxy answered itself and does not say for which host. */
    readonly host: string;
    /**
     * What made the proxy answer itself; absent of calls that it sent on, or where flags tell. Those that a limit refused
     * (`limit`) are counted a second time here: their answers are counted with all others of the host.
     */
    readonly stoppedBy?: 'fault' | 'answer' | 'limit';
    /** Counted by a callee's own proxy, which may call itself these names: what its policies denied, or let through. */
    readonly atCallee?: { readonly names: readonly string[]; readonly denied: boolean };
    readonly subset: string | null;
    readonly version: string | null;
    readonly failed: boolean;
    readonly responseCode: string | null;
    /** Envoy response flags, already split; empty where the metrics carry none. */
    readonly flags: readonly string[];
    /** `[epoch ms, value]`, oldest first. */
    readonly samples: readonly (readonly [number, number])[];
  }[];
  readonly problems: readonly string[];
}

/** What one caller's proxy says of what it did about one host (and subset of it) over a window. */
export interface ProxySighting {
  readonly namespace: string | null;
  /** The proxy's pod. */
  readonly instance: string;
  readonly host: string;
  readonly subset: string | null;
  /** Limits that were reached at some sample of the window; null where it does not say. */
  readonly reached: readonly LimitKind[] | null;
  /** Requests refused because of a limit. */
  readonly refused: number | null;
  /** Instances left out now; null where the proxy ejects none ever, or does not say. */
  readonly ejected: number | null;
  /** Ejections in the window. */
  readonly ejections: number | null;
}

/** What a limit counts. */
export type LimitKind = 'connections' | 'waiting' | 'requests' | 'retries';

/** What callers' proxies say of some hosts. */
export interface SightingsObservation {
  /** "Prometheus 2.53 · statistics of the callers’ proxies". */
  readonly source: string;
  readonly at: number;
  readonly windowSeconds: number;
  readonly proxies: readonly ProxySighting[];
  /** Why a proxy is not among them, "none exports …", and what to set so that it is. */
  readonly unheard: { readonly why: string; readonly setting: string };
  readonly problems: readonly string[];
}
