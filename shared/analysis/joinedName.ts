import type { NamespacedName } from '../model/topology.ts';

/**
 * Which service a joined name stands for ("a-b-c" is c of a-b and b-c of a), by which of the possible ones is there: the
 * likeliest first, and nobody where two of the same likelihood are. Where only one is possible, it is meant.
 */
export function meantBy(
  possible: readonly (readonly NamespacedName[])[],
  isThere: (one: NamespacedName) => boolean,
): NamespacedName | null {
  const [only, ...more] = possible.flat();
  if (only !== undefined && more.length === 0) return only;
  const known = possible.map((equal) => equal.filter(isThere)).find((equal) => equal.length > 0) ?? [];
  return known.length === 1 ? (known[0] ?? null) : null;
}
