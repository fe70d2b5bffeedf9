import type { WorkloadView } from '../../../model/workload.ts';
import type { ServiceKey } from '../../kit/connector.ts';
import type { KubeClient } from '../../kube/client.ts';
import { at, type KubeObject, mapAt, namespaceOf, numberAt, selects, textAt } from '../../kube/objects.ts';
import { deployments, services } from '../../kube/resources.ts';
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
  const referred = all.some((one) => referenceOf(one) !== null)
    ? await orNull(client.list(deployments, namespace, signal), ['notFound', 'forbidden'])
    : null;
  return all.flatMap((one) => {
    const labels = labelsOfPods(one, referred ?? []);
    return isBehind(one, name, selector, labels) ? viewOf(one, connectionId, labels) : [];
  });
}

type Labels = ReadonlyMap<string, string>;

/** The Deployment that a Rollout leaves its template to; null for one with its own. */
const referenceOf = (led: KubeObject): string | null =>
  textAt(led, 'spec', 'workloadRef', 'kind') === 'Deployment'
    ? textAt(led, 'spec', 'workloadRef', 'name')
    : null;

function labelsOfPods(led: KubeObject, referred: readonly KubeObject[]): Labels {
  const name = referenceOf(led);
  const deployment = name === null ? undefined : referred.find(({ metadata }) => metadata.name === name);
  return podLabelsOf(deployment ?? led);
}

function isBehind(led: KubeObject, service: string, selector: Labels, labels: Labels): boolean {
  if (led.kind === 'Canary') {
    const apex = textAt(led, 'spec', 'service', 'name') ?? textAt(led, 'spec', 'targetRef', 'name') ?? '';
    return [apex, `${apex}-primary`, `${apex}-canary`].includes(service);
  }
  const strategy = at(led, 'spec', 'strategy');
  const named = serviceFields.some((path) => textAt(strategy, ...path) === service);
  return named || selects(selector, labels);
}

/** Where a strategy names the Services that it leads from one version to another. */
const serviceFields = [
  ['canary', 'stableService'],
  ['canary', 'canaryService'],
  ['canary', 'pingPong', 'pingService'],
  ['canary', 'pingPong', 'pongService'],
  ['blueGreen', 'activeService'],
  ['blueGreen', 'previewService'],
] as const;

function viewOf(led: KubeObject, connectionId: string, labels: Labels): WorkloadView[] {
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
      version: versionOf(labels),
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
