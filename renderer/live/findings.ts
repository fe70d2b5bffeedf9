import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { EntityId } from '../../shared/model/entity.ts';
import type { RegistryFinding, RegistryFindings } from '../../shared/model/registryFinding.ts';
import { watchWhileSeen } from '../client/watch.ts';

/** What is wrong between systems and between instances, over the whole map; null before it was first looked at. */
export const useFindingStore = create<{
  readonly found: RegistryFindings | null;
  readonly problem: string | null;
}>(() => ({ found: null, problem: null }));

/** What is found about one service, whether the cause lies with it or with the other. */
export function useFindingsOf(serviceId: EntityId): readonly RegistryFinding[] {
  return useFindingStore(
    useShallow(({ found }) =>
      (found?.findings ?? []).filter((one) => one.serviceId === serviceId || one.otherId === serviceId),
    ),
  );
}

/** Listens to findings until the returned function is called. */
export function watchFindings(): () => void {
  return watchWhileSeen((client, signal) => client.findings.watch(undefined, { signal }), {
    onValue: (found) => useFindingStore.setState({ found, problem: null }),
    onProblem: (problem) => useFindingStore.setState({ problem }),
  });
}
