/** How long something takes: log-normal, told by its median and its 99th percentile. */
export interface Latency {
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** What a program does when a call of its own fails. */
export type OnFailure = 'fail' | 'tolerate' | { readonly askInstead: string };

/** Calls that a program makes while it answers one request. */
export interface CallBehaviour {
  /** Fully qualified host, as a VirtualService names it. */
  readonly host: string;
  readonly protocol: 'http' | 'grpc' | 'tcp';
  readonly path: string;
  /** `GET` where nothing is said, and for gRPC always `POST`. */
  readonly method?: string;
  /** Mean calls per request. */
  readonly perRequest: number;
  readonly onFailure: OnFailure;
  /** How often the program itself tries again, and how long it waits before. */
  readonly ownRetries?: { readonly attempts: number; readonly waitMs: number };
  /**
   * A pool of connections that is too small: beyond the first rate (requests per second and instance) calls begin to
   * hang, beyond the second this share of them does. Both rates are those of a pool of the usual size.
   */
  readonly pool?: {
    readonly enoughFor: number;
    readonly exhaustedAt: number;
    readonly hangRatio: number;
    /** The variable of its environment by which the program learns the size of its pool. */
    readonly size?: { readonly variable: string; readonly usually: number };
  };
  /** Bytes sent and received per call; for TCP the only thing proxies count. */
  readonly bytes?: readonly [sent: number, received: number];
  /** A message into a queue instead of a call that is waited for. */
  readonly publishesTo?: string;
}

/** What one version of a service is like. */
export interface Behaviour {
  readonly latency: Latency;
  /** Share of requests that fail for reasons of its own. */
  readonly errorRatio: number;
  /** The same when its pool towards another service hangs. */
  readonly errorRatioWhenHanging?: number;
  /** Who counts the calls that it makes: its own proxy, where nothing is said. Without one nothing steers them either. */
  readonly countedBy?: 'traces' | 'ingress-nginx';
  /** Requests per second that one instance stands. */
  readonly capacityPerInstance: number;
  /** All of these are called, in this order; but of `choices` exactly one. */
  readonly calls: readonly CallBehaviour[];
  readonly choices?: readonly CallBehaviour[];
}

/** Something outside the mesh, known only by its host. */
export interface ExternalBehaviour {
  readonly latency: Latency;
  readonly errorRatio: number;
}

/** Messages between services: what goes in by calls that publish, and who takes them out. */
export interface QueueBehaviour {
  readonly name: string;
  /** Where the broker listens. */
  readonly host: string;
  /** `namespace/service` of the consumer. */
  readonly consumer: string;
  readonly perInstancePerSecond: number;
  readonly bytesPerMessage: number;
}

/** Some of those who come from outside: what their requests carry, which every program hands on. */
export interface Audience {
  /** Of the entry's requests, 0 to 1. */
  readonly share: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests that come from outside. */
export interface EntryBehaviour {
  /** The host asked. */
  readonly host: string;
  readonly path: string;
  readonly requestsPerSecond: number;
  /** Who is more than a plain visitor; nobody where nothing is said. */
  readonly audiences?: readonly Audience[];
}

/** How a fleet behaves: what cannot be read from its objects. */
export interface FleetBehaviour {
  /** By `namespace/service`, then by version; a version that is not named here behaves as the first. */
  readonly services: Readonly<Record<string, Readonly<Record<string, Behaviour>>>>;
  readonly externals: Readonly<Record<string, ExternalBehaviour>>;
  readonly queues: readonly QueueBehaviour[];
  readonly entries: readonly EntryBehaviour[];
}
