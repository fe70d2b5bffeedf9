import type { SetWeights } from '../../model/operation.ts';

/** What the operator saw of a route when deciding; `fingerprint` is undefined when this console no longer knows. */
export interface Seen {
  readonly revision: string;
  readonly weights: SetWeights['seen']['weights'];
  readonly fingerprint: string | undefined;
}

/** What somebody else did to a route since it was seen. */
export type MovedSince = 'no' | 'elsewhere' | 'weights' | 'unknown' | 'route';

/** Compares what was seen of a route with what it is now. */
export function movedSince(
  seen: Seen,
  now: {
    readonly revision: string;
    readonly weights: SetWeights['seen']['weights'];
    readonly fingerprint: string;
  },
): MovedSince {
  if (seen.revision === now.revision) return 'no';
  if (seen.fingerprint !== undefined && seen.fingerprint !== now.fingerprint) return 'route';
  const same =
    now.weights.length === seen.weights.length &&
    now.weights.every((weight, position) => weight === seen.weights[position]);
  if (!same) return 'weights';
  return seen.fingerprint === undefined ? 'unknown' : 'elsewhere';
}

const remembered = 5_000;

/** Which route a split's id meant at a revision that somebody may have looked at. */
export interface SplitMemory {
  remember(splitId: string, revision: string, fingerprint: () => string): void;
  recall(splitId: string, revision: string): string | undefined;
}

export function createSplitMemory(): SplitMemory {
  const known = new Map<string, string>();
  return {
    remember(splitId, revision, fingerprint) {
      const key = `${splitId}@${revision}`;
      if (!known.has(key)) known.set(key, fingerprint());
      const [oldest] = known.keys();
      if (known.size > remembered && oldest !== undefined) known.delete(oldest);
    },
    recall: (splitId, revision) => known.get(`${splitId}@${revision}`),
  };
}
