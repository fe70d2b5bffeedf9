import type { WorkloadView } from '../../../model/workload.ts';
import type { ServiceKey } from '../../kit/connector.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, namespaceOf, numberAt } from '../../kube/objects.ts';
import { pods as podsResource } from '../../kube/resources.ts';
import { versionOf } from '../identity.ts';
import { instanceFrom } from '../instances.ts';
import { autoscalerOf, readAutoscalers } from './autoscaler.ts';
import { drainedLabel, drainedOf, drainedView } from './drained.ts';
import { findWorkloads } from './find.ts';
import { podLabelsOf, replicasOf, workloadRefOf } from './kinds.ts';
import { newestTrouble, podsOf } from './pods.ts';
import { readRevisions } from './revisions.ts';
import { isPaused, rolloutOf } from './rollout.ts';

/** The workloads behind a service, each with its instances, its recorded templates and who decides its size. */
export async function readWorkloads(
  client: KubeClient,
  connectionId: string,
  key: ServiceKey,
  signal: AbortSignal,
): Promise<readonly WorkloadView[]> {
  const found = await findWorkloads(client, key, signal);
  if (found === null || found.workloads.length === 0) return [];
  const namespace = namespaceOf(found.service);
  const [scalers, drained] = await Promise.all([
    readAutoscalers(client, namespace, signal),
    client.list(podsResource, namespace, signal, { labelSelector: drainedLabel }),
  ]);
  return Promise.all(
    found.workloads.map(async (workload): Promise<WorkloadView> => {
      const ref = workloadRefOf(workload);
      if (ref === null) throw new Error(`${workload.kind} is no workload`);
      const [own, revisions] = await Promise.all([
        podsOf(client, workload, signal),
        readRevisions(client, workload, signal),
      ]);
      // Let go by its controller, and yet of this workload.
      const apart = drained.filter(
        (pod) =>
          drainedOf(pod)?.workload === `${ref.kind}/${ref.name}` &&
          !own.some((other) => other.metadata.uid === pod.metadata.uid),
      );
      const scaler = autoscalerOf(scalers ?? [], workload);
      return {
        ref,
        connectionId,
        revision: workload.metadata.resourceVersion,
        version: versionOf(podLabelsOf(workload)),
        replicas: replicasOf(workload),
        ...countsOf(workload),
        paused: isPaused(workload),
        rollout: rolloutView(workload, own),
        autoscaler: scaler === null ? null : { name: scaler.name, min: scaler.min, max: scaler.max },
        revisions: (revisions ?? []).map(({ revision, at, cause, images, current }) => ({
          revision,
          at,
          cause,
          images,
          current,
        })),
        instances: [...own, ...apart].flatMap(instanceView),
      };
    }),
  );
}

function countsOf(workload: KubeObject): Pick<WorkloadView, 'readyReplicas' | 'updatedReplicas'> {
  // The API server leaves zero out of a status.
  const count = (field: string): number => numberAt(workload, 'status', field) ?? 0;
  return workload.kind === 'DaemonSet'
    ? { readyReplicas: count('numberReady'), updatedReplicas: count('updatedNumberScheduled') }
    : { readyReplicas: count('readyReplicas'), updatedReplicas: count('updatedReplicas') };
}

function rolloutView(workload: KubeObject, own: readonly KubeObject[]): WorkloadView['rollout'] {
  const { state, text } = rolloutOf(workload);
  if (state === 'done') return null;
  const trouble = newestTrouble(own);
  const why = trouble === null ? '' : `; ${trouble}`;
  return state === 'stuck'
    ? { state, text: `stuck: ${text}${why}` }
    : { state: 'moving', text: `${state === 'moving' ? 'rolling out: ' : ''}${text}${why}` };
}

/** A pod as an instance of its workload. */
export function instanceView(pod: KubeObject): WorkloadView['instances'] {
  const instance = instanceFrom(pod, null, null, new Map());
  if (instance === null) return [];
  const { name, uid, ready, startedAt } = instance;
  return [{ name, uid, ready, startedAt, drained: drainedView(pod) }];
}
