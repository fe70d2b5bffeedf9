import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { SplitPlace } from '../../shared/analysis/splitKey.ts';
import type { EntityId } from '../../shared/model/entity.ts';
import type { MeasuredSplit, Split } from '../../shared/model/weights.ts';
import { type Watched, useWatched } from '../client/useWatched.ts';
import { watch } from '../client/watch.ts';

/** All declared splits, as they are now. */
export const useSplitStore = create<{ readonly splits: readonly Split[] }>(() => ({ splits: [] }));

/** A split as it is now; null where it is gone, or none is asked for. */
export function useSplit(place: SplitPlace | null): Split | null {
  return useSplitStore(
    ({ splits }) =>
      splits.find(({ connectionId, id }) => connectionId === place?.connectionId && id === place.id) ?? null,
  );
}

/** The splits that divide the calls of one service, in document order. */
export function useSplitsOf(serviceId: EntityId | null): readonly Split[] {
  return useSplitStore(
    useShallow((state) => state.splits.filter((each) => serviceId !== null && each.serviceId === serviceId)),
  );
}

/** Shares seen in the traffic of one service's splits, while it is drawn. */
export function useMeasuredSplits(serviceId: EntityId | null): Watched<MeasuredSplit[]> {
  return useWatched(serviceId, (client, signal) =>
    client.splits.measured({ serviceId: serviceId ?? '' }, { signal }),
  );
}

/** Listens to declared splits until the returned function is called. */
export function watchSplits(): () => void {
  return watch((client, signal) => client.splits.watch(undefined, { signal }), {
    onValue: (splits) => useSplitStore.setState({ splits }),
  });
}
