import type { EntryBehaviour } from './behaviour.ts';

/** What a request carries from its entry to the last call made for it: programs pass these headers on. */
export interface RequestKind {
  /** Small and dense, so that what follows from a kind can be kept in an array. */
  readonly index: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The kinds of one entry, by their share; what is left is plain. */
export interface KindMix {
  readonly kinds: readonly { readonly kind: RequestKind; readonly upTo: number }[];
}

/** A request that carries nothing special. */
export const plainRequest: RequestKind = { index: 0, headers: {} };

/** Deals out kinds; the same headers are the same kind wherever they come in. */
export function createKinds(): (entry: EntryBehaviour) => KindMix {
  const known = new Map<string, RequestKind>();
  return (entry) => {
    let upTo = 0;
    const kinds = (entry.audiences ?? []).map(({ share, headers }) => {
      const key = JSON.stringify(headers);
      const kind = known.get(key) ?? { index: known.size + 1, headers };
      known.set(key, kind);
      upTo += share;
      return { kind, upTo };
    });
    return { kinds };
  };
}

/** The kind of the next request; `chance` is asked only where there is a choice. */
export function kindOf({ kinds }: KindMix, chance: () => number): RequestKind {
  if (kinds.length === 0) return plainRequest;
  const drawn = chance();
  for (const { kind, upTo } of kinds) if (drawn < upTo) return kind;
  return plainRequest;
}
