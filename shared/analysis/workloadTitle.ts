import type { WorkloadAction } from '../model/workload.ts';

/** What an action does to a workload: "Scale payment-v1 to 4", "Take payment-v1-7d9f-x1 out of the traffic". */
export function workloadTitle(name: string, action: WorkloadAction): string {
  switch (action.verb) {
    case 'scale':
      return `Scale ${name} to ${action.replicas}`;
    case 'restart':
      return `Restart ${name}`;
    case 'pause':
      return `Pause the rollout of ${name}`;
    case 'resume':
      return `Resume the rollout of ${name}`;
    case 'rollBack':
      return `Roll ${name} back to ${action.revision === 0 ? 'its previous revision' : `revision ${action.revision}`}`;
    case 'drain':
      return `Take ${action.instance} out of the traffic`;
    case 'putBack':
      return `Put ${action.instance} back into the traffic`;
    case 'promote':
      return `Promote ${name} to its next step`;
    case 'promoteFull':
      return `Promote ${name} past all its steps`;
    case 'abort':
      return `Abort the rollout of ${name}`;
    case 'retry':
      return `Retry the rollout of ${name}`;
  }
}
