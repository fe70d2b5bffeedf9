import type { EntityId } from '../../../shared/model/entity.ts';
import type { WorkloadsRead, WorkloadView } from '../../../shared/model/workload.ts';
import { type Reread, useReread } from '../../client/useReread.ts';
import { useWrittenTo } from '../../live/written.ts';

const movingMs = 2_000;
/** About as often as there are new figures. */
const restingMs = 5_000;

/** The workloads behind a service, read again while they are looked at: often while a rollout moves. */
export function useWorkloads(serviceId: EntityId): Reread<WorkloadsRead> {
  const round = useWrittenTo(serviceId);
  return useReread(serviceId, (client, signal) => client.workloads.read({ serviceId }, { signal }), {
    everyMs: (value) => (value?.workloads.some(isMoving) === true ? movingMs : restingMs),
    round,
  });
}

/** Whether something is under way that is worth a closer look. */
function isMoving({ rollout, replicas, readyReplicas }: WorkloadView): boolean {
  return rollout !== null || (replicas !== null && readyReplicas !== null && replicas !== readyReplicas);
}
