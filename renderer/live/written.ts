import type { EntityId } from '../../shared/model/entity.ts';
import { useOperations } from './operations.ts';
import { useTopology } from './topology.ts';

/** How often this window has seen a write to a service reach its document: what was read before is then out of date. */
export function useWrittenTo(serviceId: EntityId | null): number {
  const nodes = useTopology((graph) => graph.nodes);
  return useOperations(({ records }) => {
    let count = 0;
    for (const record of records.values()) {
      if (record.serviceId === null || (nodes.get(record.serviceId) ?? record.serviceId) !== serviceId)
        continue;
      const accepted = record.state === 'written' || record.state === 'partly';
      const declared = record.rungs.some(({ rung, state }) => rung === 'declared' && state === 'seen');
      count += (accepted ? 1 : 0) + (declared ? 1 : 0);
    }
    return count;
  });
}
