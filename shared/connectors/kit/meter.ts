import type { RequestKind } from '../../model/about.ts';

/** Counts what is asked of a connection's peers, so that the operator sees what Podium costs them. */
export interface RequestMeter {
  count(kind: RequestKind): void;
  /** A stream that stays open, until the answer is called. */
  opened(what: string): () => void;
}
