import { create } from 'zustand';
import type { SplitPlace } from '../../shared/analysis/splitKey.ts';
import type { Canary } from '../../shared/model/watch.ts';
import { watch } from '../client/watch.ts';

/** Guided canaries: all that run, and the latest that are over. */
export const useCanaryStore = create<{ readonly canaries: readonly Canary[] }>(() => ({ canaries: [] }));

export function useCanaries(): readonly Canary[] {
  return useCanaryStore((state) => state.canaries);
}

/** The canary under way on a split, else the one that ended last; null where there was none. */
export function useCanaryOf({ connectionId, id }: SplitPlace): Canary | null {
  return useCanaryStore(({ canaries }) => {
    const mine = canaries.filter(
      ({ request }) => request.connectionId === connectionId && request.splitId === id,
    );
    return mine.find(isUnderWay) ?? mine.toSorted((a, b) => b.startedAt - a.startedAt)[0] ?? null;
  });
}

/** Whether it can still go on or be taken back. */
export function isUnderWay({ state }: Canary): boolean {
  return state === 'running' || state === 'paused' || state === 'stuck';
}

/** Listens to guided canaries until the returned function is called. */
export function watchCanaries(): () => void {
  return watch((client, signal) => client.canaries.watch(undefined, { signal }), {
    onValue: (canaries) => useCanaryStore.setState({ canaries }),
  });
}
