import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';
import { selectService } from './selection.ts';
import { setInspectorTab } from './view.ts';

/** The service whose rollout history was asked for last: it is unfolded; null before. Each asking unfolds it anew. */
export const useRolloutHistory = create<{ readonly serviceId: EntityId | null; readonly count: number }>(
  () => ({ serviceId: null, count: 0 }),
);

/** Shows the revisions of a service's workloads, each with what it changed. */
export function showRolloutHistory(serviceId: EntityId): void {
  useRolloutHistory.setState(({ count }) => ({ serviceId, count: count + 1 }));
  setInspectorTab('workloads');
  selectService(serviceId);
}
