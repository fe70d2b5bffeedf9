import { isDeepStrictEqual } from 'node:util';
import { at, listAt, textAt } from '../../kube/objects.ts';

/** How an earlier route stands to a later one: takes all of its requests, may take some, or none that can be told. */
export type Shadow = 'all' | 'some' | 'none';

/** Routes are tried in order, and the first that fits takes the request. */
export function shadowOf(earlier: unknown, later: unknown): Shadow {
  const theirs = listAt(earlier, 'match');
  const ours = listAt(later, 'match');
  if (theirs.length === 0) return 'all';
  const mine = ours.length === 0 ? [{}] : ours;
  if (mine.every((entry) => theirs.some((their) => implies(entry, their)))) return 'all';
  return mine.some((entry) => theirs.some((their) => !contradicts(entry, their))) ? 'some' : 'none';
}

const ignored = new Set(['name', 'statPrefix', 'ignoreUriCase']);

/** Whether every request that meets `ours` meets `theirs` too: each of its conditions is among ours, or wider. */
function implies(ours: unknown, theirs: unknown): boolean {
  return keysOf(theirs).every((key) => {
    const their = at(theirs, key);
    const our = at(ours, key);
    switch (key) {
      case 'uri':
        // Every path begins with it.
        return textAt(their, 'prefix') === '/' || textImplies(our, their);
      case 'headers':
      case 'queryParams':
      case 'sourceLabels':
        return keysOf(their).every((name) => textImplies(at(our, name), at(their, name)));
      default:
        return isDeepStrictEqual(our, their);
    }
  });
}

function textImplies(our: unknown, their: unknown): boolean {
  if (our === undefined) return false;
  if (isDeepStrictEqual(our, their)) return true;
  // No condition asks only whether it is there.
  if (typeof their === 'object' && Object.keys(their ?? {}).length === 0) return true;
  const prefix = textAt(their, 'prefix');
  return prefix !== null && (textAt(our, 'exact') ?? textAt(our, 'prefix') ?? '').startsWith(prefix);
}

/** Whether no request can meet both, as far as plain texts tell. */
function contradicts(ours: unknown, theirs: unknown): boolean {
  return keysOf(theirs).some((key) => {
    const their = at(theirs, key);
    const our = at(ours, key);
    if (our === undefined) return false;
    if (key === 'headers' || key === 'queryParams' || key === 'sourceLabels')
      return keysOf(their).some((name) => textContradicts(at(our, name), at(their, name)));
    return textContradicts(our, their);
  });
}

function textContradicts(our: unknown, their: unknown): boolean {
  if (our === undefined || their === undefined) return false;
  if (typeof our !== 'object' || typeof their !== 'object') return !isDeepStrictEqual(our, their);
  const [a, b] = [textAt(our, 'exact'), textAt(their, 'exact')];
  if (a !== null && b !== null) return a !== b;
  const [p, q] = [textAt(our, 'prefix'), textAt(their, 'prefix')];
  if (a !== null && q !== null) return !a.startsWith(q);
  if (b !== null && p !== null) return !b.startsWith(p);
  if (p !== null && q !== null) return !p.startsWith(q) && !q.startsWith(p);
  return false;
}

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value).filter((key) => !ignored.has(key)) : [];
