import type { ProofSource } from '../kit/connector.ts';
import type { RouteWorld } from './routeWorld.ts';
import { isSplitOfRoute } from './rules.ts';
import { readSplits } from './splits.ts';

/** Who follows a route has spoken by then, also a controller that is behind. */
const controllersSpeakMs = 15_000;

/**
 * What controllers say of a route after a write. Their refusal speaks against it; that they accept it proves nothing about
 * proxies, which others must be asked of.
 */
export function createProof(world: RouteWorld): ProofSource {
  return {
    note: (expectation) =>
      expectation.kind === 'shares' && isSplitOfRoute(expectation.splitId)
        ? 'the conditions that controllers write into the route'
        : null,
    async loaded(expectation, since, signal) {
      if (expectation.kind !== 'shares' || !isSplitOfRoute(expectation.splitId)) return null;
      await world.ready(signal);
      const standing = readSplits(world).find(({ id }) => id === expectation.splitId)?.standing;
      switch (standing?.state) {
        case undefined:
          return null;
        case 'refused':
          return { state: 'contradicted', detail: standing.text };
        case 'waiting':
          return {
            state: 'waiting',
            detail: standing.text,
            isDue: world.host.clock.now() - since < controllersSpeakMs,
          };
        case 'working':
          return { state: 'unobservable', detail: `${standing.text}, which does not say what proxies hold` };
      }
    },
  };
}
