import type { WorkloadView } from '../../../model/workload.ts';
import type { ServiceKey } from '../../kit/connector.ts';
import type { KubeClient } from '../../kube/client.ts';
import { at, type KubeObject, mapAt, namespaceOf, numberAt, selects, textAt } from '../../kube/objects.ts';
import { deployments, pods, replicaSets, services } from '../../kube/resources.ts';
import { controllerOf, versionOf } from '../identity.ts';
import { orNull } from '../workloads/find.ts';
import { podLabelsOf } from '../workloads/kinds.ts';
import { instanceView } from '../workloads/view.ts';
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
  const kinds = new Set(all.map((one) => referenceOf(one)?.kind));
  const referred = await Promise.all(
    [deployments, replicaSets]
      .filter(({ kind }) => kinds.has(kind))
      .map((resource) => orNull(client.list(resource, namespace, signal), ['notFound', 'forbidden'])),
  );
  const behind = all.flatMap((led) => {
    const labels = labelsOfPods(
      led,
      referred.flatMap((list) => list ?? []),
    );
    return isBehind(led, name, selector, labels) ? [{ led, labels }] : [];
  });
  const running = await runningOf(client, namespace, behind, signal);
  return behind.flatMap(({ led, labels }) => viewOf(led, connectionId, labels, running(led)));
}

/** Pods of Rollouts, which make ReplicaSets of their own also where their template is another's. */
async function runningOf(
  client: KubeClient,
  namespace: string,
  behind: readonly { readonly led: KubeObject }[],
  signal: AbortSignal,
): Promise<(led: KubeObject) => readonly KubeObject[]> {
  if (!behind.some(({ led }) => led.kind === 'Rollout')) return () => [];
  const [sets, all] = await Promise.all(
    [replicaSets, pods].map((resource) => orNull(client.list(resource, namespace, signal), ['forbidden'])),
  );
  return (led) => {
    const own = new Set(
      (sets ?? [])
        .filter((set) => controllerOf(set)?.uid === led.metadata.uid)
        .map(({ metadata }) => metadata.uid),
    );
    return (all ?? []).filter((pod) => own.has(controllerOf(pod)?.uid ?? ''));
  };
}

type Labels = ReadonlyMap<string, string>;

/** The Deployment or ReplicaSet that a Rollout leaves its template to; null for one with its own. */
function referenceOf(led: KubeObject): { readonly kind: string; readonly name: string } | null {
  const [kind, name] = ['kind', 'name'].map((field) => textAt(led, 'spec', 'workloadRef', field) ?? '');
  return kind === undefined || name === undefined || name === '' ? null : { kind, name };
}

function labelsOfPods(led: KubeObject, referred: readonly KubeObject[]): Labels {
  const reference = referenceOf(led);
  const found = referred.find(
    ({ kind, metadata }) => kind === reference?.kind && metadata.name === reference.name,
  );
  return podLabelsOf(found ?? led);
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

function viewOf(
  led: KubeObject,
  connectionId: string,
  labels: Labels,
  running: readonly KubeObject[],
): WorkloadView[] {
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
      instances: running.flatMap(instanceView),
      steps: isArgo ? argoSteps(led) : flaggerSteps(led),
    },
  ];
}
