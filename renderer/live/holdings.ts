import { create } from 'zustand';
import type { Holding } from '../../shared/model/watch.ts';
import { watch } from '../client/watch.ts';

/** What this console holds or watches and ends by itself, soonest first; trips of other Podiums are not among it. */
export const useHoldingStore = create<{ readonly holdings: readonly Holding[] }>(() => ({ holdings: [] }));

/** Listens to what is held and watched until the returned function is called. */
export function watchHoldings(): () => void {
  return watch((client, signal) => client.holds.watch(undefined, { signal }), {
    onValue: (holdings) => useHoldingStore.setState({ holdings }),
  });
}
