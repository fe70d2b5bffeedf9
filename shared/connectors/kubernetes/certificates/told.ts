import type { FoundCertificate } from '../../kit/certificates.ts';

/** A certificate of a cluster. */
export type Told = FoundCertificate;

const mostNamed = 4;

/** "shop/a, shop/b, …" */
export const someOf = (names: readonly string[]): string =>
  `${names.slice(0, mostNamed).join(', ')}${names.length > mostNamed ? ', …' : ''}`;

/** "Ingress shop/a and Gateway shop/b". */
export function joined(names: readonly string[]): string {
  const some = names.slice(0, mostNamed);
  const rest = names.length - some.length;
  if (rest > 0) return `${some.join(', ')} and ${rest} more`;
  return some.length < 2 ? some.join('') : `${some.slice(0, -1).join(', ')} and ${some.at(-1) ?? ''}`;
}
