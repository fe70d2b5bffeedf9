import type { Proof } from '../connectors/kit/connector.ts';

/**
 * What several say together of one write. Who speaks against it outweighs whoever sees it: proxies may hold a route whose
 * controller refuses a part of it. So what is seen waits for a word that is due.
 */
export function weighProofs(proofs: readonly Proof[]): Pick<Proof, 'state' | 'detail'> {
  const against = proofs.find(({ state }) => state === 'contradicted');
  if (against !== undefined) return against;
  const waiting = proofs.filter(({ state }) => state === 'waiting');
  const seen = proofs.find(({ state }) => state === 'seen');
  if (seen !== undefined && !waiting.some(({ isDue }) => isDue === true)) return seen;
  const told = waiting.length > 0 ? waiting : proofs.filter(({ state }) => state === 'unobservable');
  return {
    state: waiting.length > 0 ? 'waiting' : 'unobservable',
    detail: told.map(({ detail }) => detail).join('; '),
  };
}
