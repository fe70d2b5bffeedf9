import type { WorkloadView } from '../../../model/workload.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, numberAt, textAt } from '../../kube/objects.ts';
import { autoscalers } from '../../kube/resources.ts';
import { orNull } from './find.ts';

/** The autoscalers of a namespace; null where they may not be read or are not served. */
export const readAutoscalers = (
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[] | null> =>
  orNull(client.list(autoscalers, namespace, signal), ['forbidden', 'notFound']);

/** An autoscaler with what it asks for at the moment. */
export type Autoscaler = NonNullable<WorkloadView['autoscaler']> & { readonly desired: number | null };

/** The autoscaler that decides this workload's replicas, if one does. */
export function autoscalerOf(all: readonly KubeObject[], workload: KubeObject): Autoscaler | null {
  const found = all.find(
    (one) =>
      textAt(one, 'spec', 'scaleTargetRef', 'kind') === workload.kind &&
      textAt(one, 'spec', 'scaleTargetRef', 'name') === workload.metadata.name,
  );
  if (found === undefined) return null;
  return {
    name: found.metadata.name,
    // The API server fills in one where nobody says.
    min: numberAt(found, 'spec', 'minReplicas') ?? 1,
    max: numberAt(found, 'spec', 'maxReplicas') ?? 1,
    desired: numberAt(found, 'status', 'desiredReplicas'),
  };
}
