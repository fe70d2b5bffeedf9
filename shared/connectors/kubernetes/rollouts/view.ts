import type { WorkloadView } from '../../../model/workload.ts';
import type { ServiceKey } from '../../kit/connector.ts';
import type { KubeClient } from '../../kube/client.ts';
import { at, type KubeObject, mapAt, namespaceOf, numberAt, selects, textAt } from '../../kube/objects.ts';
import { services } from '../../kube/resources.ts';
import { versionOf } from '../identity.ts';
import { orNull } from '../workloads/find.ts';
import { podLabelsOf } from '../workloads/kinds.ts';
import { argoState, argoSteps, argoVerbs } from './argo.ts';
import { flaggerMoves, flaggerState, flaggerSteps, flaggerVerbs } from './flagger.ts';
import { isLedKind, ledResources } from './resources.ts';

/** Rollouts and Canaries behind a service; none where neither is installed or may be read. */
export async function readLed(
  client: KubeClient,
  connectionId: string,
  { namespace, name }: ServiceKey,
  signal: AbortSignal,
): Promise<readonly WorkloadView[]> {
  if (namespace === null) return [];
  const lists = await Promise.all(
    Object.values(ledResources).map((resource) =>
      orNull(client.list(resource, namespace, signal), ['notFound', 'forbidden']),
    ),
  );
  const all = lists.flatMap((list) => list ?? []);
  if (all.length === 0) return [];
  const service = await orNull(client.object(services, namespace, name, signal), ['notFound']);
  const selector = mapAt(service, 'spec', 'selector');
  return all.filter((one) => isBehind(one, name, selector)).flatMap((one) => viewOf(one, connectionId));
}

function isBehind(led: KubeObject, service: string, selector: ReadonlyMap<string, string>): boolean {
  if (led.kind === 'Canary') {
    const apex = textAt(led, 'spec', 'service', 'name') ?? textAt(led, 'spec', 'targetRef', 'name') ?? '';
    return [apex, `${apex}-primary`, `${apex}-canary`].includes(service);
  }
  const canary = at(led, 'spec', 'strategy', 'canary');
  const named = ['stableService', 'canaryService'].some((field) => textAt(canary, field) === service);
  return named || selects(selector, podLabelsOf(led));
}

function viewOf(led: KubeObject, connectionId: string): WorkloadView[] {
  const { kind, metadata } = led;
  if (!isLedKind(kind)) return [];
  const isArgo = kind === 'Rollout';
  // A Rollout that was looked at leaves out what is zero; a Canary counts nothing.
  const unsaid = isArgo && textAt(led, 'status', 'observedGeneration') !== null ? 0 : null;
  const count = (field: string): number | null => numberAt(led, 'status', field) ?? unsaid;
  const phase = textAt(led, 'status', 'phase');
  const stuck = isArgo ? phase === 'Degraded' || phase === 'Error' : phase === 'Failed';
  const rests = isArgo ? phase === 'Healthy' : !flaggerMoves(led);
  return [
    {
      ref: { kind, namespace: namespaceOf(led), name: metadata.name, uid: metadata.uid },
      connectionId,
      revision: metadata.resourceVersion,
      version: versionOf(podLabelsOf(led)),
      replicas: isArgo ? (numberAt(led, 'spec', 'replicas') ?? 1) : null,
      readyReplicas: count('readyReplicas'),
      updatedReplicas: count('updatedReplicas'),
      paused: at(led, 'spec', isArgo ? 'paused' : 'suspend') === true,
      verbs: isArgo ? argoVerbs(led) : flaggerVerbs(led),
      rollout:
        rests && !stuck
          ? null
          : { state: stuck ? 'stuck' : 'moving', text: isArgo ? argoState(led) : flaggerState(led) },
      autoscaler: null,
      revisions: [],
      instances: [],
      steps: isArgo ? argoSteps(led) : flaggerSteps(led),
    },
  ];
}
