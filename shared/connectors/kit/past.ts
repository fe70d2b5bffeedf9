/** A time that is over, by this machine's clock; epoch ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An alert that fired in a span. Labels are the cluster's own. */
export interface PastAlert {
  readonly name: string;
  readonly severity: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly from: number;
  /** Null while it fires still. */
  readonly to: number | null;
}

/** Alerts of a span, and since when they are recorded. */
export interface PastAlerts {
  readonly alerts: readonly PastAlert[];
  readonly problems: readonly string[];
}

/** One kind of trouble with one object, as often as it was noted. */
export interface PastWarning {
  readonly namespace: string | null;
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly text: string;
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** Another template of what a workload runs. */
export interface PastChange {
  readonly namespace: string;
  readonly workload: string;
  readonly kind: string;
  readonly at: number;
  /** Null where what ran before is not recorded any more. */
  readonly imageBefore: string | null;
  readonly image: string | null;
}

/** What a peer noted down in a span. */
export interface PastNotes {
  readonly warnings: readonly PastWarning[];
  readonly changes: readonly PastChange[];
  /** Notes from before then are gone; null where they reach back to the beginning. */
  readonly keptSince: number | null;
  /** How far the peer's clock is ahead of this machine's, in ms. */
  readonly aheadMs: number;
  /** What is missing, in words. */
  readonly problems: readonly string[];
}
