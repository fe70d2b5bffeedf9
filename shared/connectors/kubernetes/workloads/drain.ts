import { workloadTitle } from '../../../analysis/workloadTitle.ts';
import type { Guard } from '../../../model/change.ts';
import type { ChangeWorkload } from '../../../model/operation.ts';
import type { ConnectorHost } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Proposal } from '../../kube/documents/control.ts';
import { at, type KubeObject, labelsOf, namespaceOf } from '../../kube/objects.ts';
import { pods, services } from '../../kube/resources.ts';
import { drainedOf, holderOf, putIn, takenOut, type Way, wayOut } from './drained.ts';
import { selectorNames, sayWorkload } from './kinds.ts';

/** What proposals need of the connection. */
export interface WorkloadDesk {
  readonly client: KubeClient;
  readonly host: Pick<ConnectorHost, 'clock'>;
  /** As the peer knows the operator; null where it does not say. */
  readonly user: string | null;
}

/** Takes one pod out of the traffic by its labels: it goes on running, and can be looked at. */
export async function proposeDrain(
  { client, host, user }: WorkloadDesk,
  operation: ChangeWorkload,
  workload: KubeObject,
  instance: string,
  signal: AbortSignal,
): Promise<Proposal> {
  const pod = await readPod(client, workload, instance, signal);
  if (drainedOf(pod) !== null)
    throw new PeerError('refused', `${instance} was taken out of the traffic already.`);
  const all = await client.list(services, namespaceOf(pod), signal);
  const way = wayOut(pod, all, workload);
  if (way === null)
    throw new PeerError(
      'refused',
      `No Service selects ${instance}: it takes no traffic that could be kept from it.`,
    );
  const { kind, name } = operation.workload;
  const note = { by: user, at: host.clock.now(), workload: `${kind}/${name}` };
  return moved(operation, pod, takenOut(pod, way, note), {
    serving: false,
    guards: stsGuard(workload, way, instance),
    notes: [
      `Its ${way.keys.length === 1 ? 'label' : 'labels'} ${way.keys.join(' and ')} change, so that ${way.services.join(' and ')} no longer ${way.services.length === 1 ? 'selects' : 'select'} it. It goes on running; requests under way end as they would.`,
      sayCapacity(workload, way),
      'Proxies and clients that keep connections open may use it a little longer.',
    ],
  });
}

/** Gives a pod back the labels it had. */
export async function proposePutBack(
  client: KubeClient,
  operation: ChangeWorkload,
  workload: KubeObject,
  instance: string,
  signal: AbortSignal,
): Promise<Proposal> {
  const pod = await readPod(client, workload, instance, signal);
  const drained = drainedOf(pod);
  if (drained === null)
    throw new PeerError(
      'refused',
      `${instance} does not say that it was taken out of the traffic from here.`,
    );
  const adopted =
    holderOf(pod) === null &&
    [...drained.before.keys()].some((key) => selectorNames(at(workload, 'spec', 'selector'), key));
  return moved(operation, pod, putIn(pod, drained), {
    serving: true,
    guards: [],
    notes: [
      'Its labels become what they were, and its Services select it again.',
      ...(adopted
        ? [
            `${workload.kind} ${workload.metadata.name} takes it back and then has one instance too many: it removes one, which may be this one.`,
          ]
        : []),
    ],
  });
}

function sayCapacity(workload: KubeObject, { released }: Way): string {
  const { kind, metadata } = workload;
  if (!released)
    return `${kind} ${metadata.name} still counts it, so nothing takes its place: one instance less answers.`;
  return kind === 'Deployment'
    ? `${metadata.name}’s ReplicaSet lets it go and puts another in its place.`
    : `${kind} ${metadata.name} lets it go and puts another in its place.`;
}

/** A StatefulSet wants its pods by name, and the name is taken for as long as this one runs. */
function stsGuard(workload: KubeObject, { released }: Way, instance: string): Guard[] {
  if (workload.kind !== 'StatefulSet' || !released) return [];
  return [
    {
      id: 'identity',
      verdict: 'tick',
      title: `StatefulSet ${workload.metadata.name} cannot replace ${instance} while it runs`,
      detail:
        'Its pods have fixed names: no other takes its place, and its rollouts stop here until it is put back.',
    },
  ];
}

async function readPod(
  client: KubeClient,
  workload: KubeObject,
  name: string,
  signal: AbortSignal,
): Promise<KubeObject> {
  const pod = await client.object(pods, namespaceOf(workload), name, signal);
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined)
    throw new PeerError('refused', `${name} is being deleted.`);
  if (labelsOf(pod).size === 0) throw new PeerError('refused', `${name} has no labels.`);
  return pod;
}

function moved(
  operation: ChangeWorkload,
  before: KubeObject,
  after: KubeObject,
  { serving, ...said }: Pick<Proposal, 'guards' | 'notes'> & { readonly serving: boolean },
): Proposal {
  const { name, uid } = before.metadata;
  return {
    edits: [{ edit: { action: 'patch', resource: pods, before, after }, withheld: false }],
    title: workloadTitle(operation.workload.name, operation.action),
    target: `${sayWorkload(operation.workload)}, instance ${name}`,
    expectation: {
      kind: 'rollout',
      host: null,
      workloads: [],
      instance: { namespace: namespaceOf(before), name, uid, serving },
    },
    direction: 'neutral',
    // What made the pod keeps no watch over these labels: it lets go of it, or takes it back.
    judgeOwner: false,
    ...said,
  };
}
