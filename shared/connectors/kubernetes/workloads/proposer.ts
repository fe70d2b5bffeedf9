import { workloadTitle } from '../../../analysis/workloadTitle.ts';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import type { Change, Expectation, Guard } from '../../../model/change.ts';
import type { DocumentRef } from '../../../model/entity.ts';
import type { ChangeWorkload } from '../../../model/operation.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Meaning, Proposal, Proposer } from '../../kube/documents/control.ts';
import { at, type KubeObject, numberAt } from '../../kube/objects.ts';
import { pods, type Resource } from '../../kube/resources.ts';
import { autoscalerOf, readAutoscalers } from './autoscaler.ts';
import { proposeDrain, proposePutBack, type WorkloadDesk } from './drain.ts';
import { isWorkloadKind, replicasOf, resourceOfKind, sayWorkload, workloadResources } from './kinds.ts';
import { changeCause, readRevisions, type Recorded } from './revisions.ts';
import { isPaused } from './rollout.ts';
import { restarted, withAnnotation, withSpec } from './template.ts';
import { autoscalerGuard, noneLeftGuard, replacementGuards, sayReplacement } from './words.ts';

/** What each operation on a workload means for documents. */
export function createWorkloadProposer(desk: WorkloadDesk): Proposer<ChangeWorkload> {
  const { client, host } = desk;
  return {
    async propose(operation, signal) {
      const workload = await readWorkload(client, operation, signal);
      const { action } = operation;
      switch (action.verb) {
        case 'scale':
          return proposeScale(client, operation, workload, action.replicas, signal);
        case 'restart':
          return edited(operation, workload, restarted(workload, host.clock.now()), {
            guards: replacementGuards(workload),
            notes: [sayReplacement(workload)],
          });
        case 'pause':
        case 'resume':
          return proposePause(operation, workload, action.verb === 'pause');
        case 'rollBack':
          return proposeRollBack(client, operation, workload, action.revision, signal);
        case 'drain':
          return proposeDrain(desk, operation, workload, action.instance, signal);
        case 'putBack':
          return proposePutBack(client, operation, workload, action.instance, signal);
        default:
          throw new PeerError('refused', 'Only a Rollout is promoted, aborted and tried again.');
      }
    },
    meaningOfUndo: (operation, _signal, changes) => Promise.resolve(meaningOfUndo(operation, changes)),
    resourceOf: resourceOfDocument,
  };
}

function resourceOfDocument({ kind }: DocumentRef): Resource {
  if (kind === 'Pod') return pods;
  if (isWorkloadKind(kind)) return workloadResources[kind];
  throw new PeerError('refused', `${kind} is no workload that Podium changes.`);
}

async function readWorkload(
  client: KubeClient,
  { workload }: ChangeWorkload,
  signal: AbortSignal,
): Promise<KubeObject> {
  const { kind, namespace, name, uid } = workload;
  const found = await client.object(resourceOfKind(kind), namespace, name, signal);
  if (found.metadata.uid !== uid)
    throw new PeerError(
      'conflict',
      `${sayWorkload(workload)} was deleted and made anew since it was shown. Nothing was changed.`,
    );
  return found;
}

async function proposeScale(
  client: KubeClient,
  operation: ChangeWorkload,
  workload: KubeObject,
  replicas: number,
  signal: AbortSignal,
): Promise<Proposal> {
  const { name, namespace = '' } = workload.metadata;
  const now = replicasOf(workload);
  if (now === null)
    throw new PeerError('refused', 'A DaemonSet runs one instance on each node: there is no number to set.');
  if (now === replicas) throw new PeerError('refused', `${name} is asked for ${replicas} already.`);
  const scalers = await readAutoscalers(client, namespace, signal);
  const scaler = autoscalerOf(scalers ?? [], workload);
  const guards: Guard[] = [
    ...(scaler === null ? [] : [autoscalerGuard(workload, scaler, replicas)]),
    ...(replicas === 0 ? [noneLeftGuard(name)] : []),
  ];
  const unseen = scalers === null ? ['Autoscalers cannot be read here: one may set the number back.'] : [];
  return {
    ...edited(operation, workload, withSpec(workload, { replicas }), {
      guards,
      notes: [
        `${name} goes from ${now} to ${replicas} ${replicas === 1 ? 'instance' : 'instances'}.`,
        ...unseen,
      ],
    }),
    title: `Scale ${name}: ${now} → ${replicas}`,
    direction: replicas === 0 ? 'towardsHarm' : 'neutral',
  };
}

function proposePause(operation: ChangeWorkload, workload: KubeObject, pause: boolean): Proposal {
  const { name } = workload.metadata;
  if (workload.kind !== 'Deployment')
    throw new PeerError(
      'refused',
      `Only Deployments can be paused and resumed; ${name} is a ${workload.kind}.`,
    );
  if (isPaused(workload) === pause)
    throw new PeerError('refused', `The rollout of ${name} is ${pause ? 'paused' : 'not paused'} already.`);
  const notes = pause
    ? ['Instances stay as they are; changes of its template wait until it is resumed. Scaling still works.']
    : [`What was changed while it was paused is rolled out now. ${sayReplacement(workload)}`];
  const proposal = edited(operation, workload, withSpec(workload, { paused: pause ? true : undefined }), {
    guards: [],
    notes,
  });
  if (!pause) return proposal;
  return { ...proposal, expectation: unmeasured('a pause changes nothing that runs') };
}

async function proposeRollBack(
  client: KubeClient,
  operation: ChangeWorkload,
  workload: KubeObject,
  revision: number,
  signal: AbortSignal,
): Promise<Proposal> {
  const { name } = workload.metadata;
  const recorded = await readRevisions(client, workload, signal);
  if (recorded === null)
    throw new PeerError(
      'refused',
      `The recorded revisions of ${name} (${workload.kind === 'Deployment' ? 'ReplicaSets' : 'ControllerRevisions'}) cannot be read here, so it cannot be rolled back.`,
    );
  const target = chosen(recorded, revision);
  if (target === null)
    throw new PeerError(
      'refused',
      revision === 0
        ? `${name} has no earlier revision.`
        : `${name} has no revision ${revision} any more; there are ${recorded.map((one) => one.revision).join(', ') || 'none'}.`,
    );
  if (isDeepStrictEqual(target.template, at(workload, 'spec', 'template')))
    throw new PeerError('refused', `${name} has the template of revision ${target.revision} already.`);
  const template = withSpec(workload, { template: target.template });
  // As kubectl: the reason noted then comes back with the template.
  const after =
    workload.kind === 'Deployment' ? withAnnotation(template, changeCause, target.cause) : template;
  const images = target.images.length === 0 ? '' : ` with ${target.images.join(', ')}`;
  return {
    ...edited(operation, workload, after, {
      guards: replacementGuards(workload),
      notes: [
        `The template of revision ${target.revision}${images} becomes the newest revision.`,
        sayReplacement(workload),
        'Configuration that it reads from ConfigMaps and Secrets stays as it is now.',
      ],
    }),
    title: `Roll ${name} back to revision ${target.revision}`,
    direction: 'awayFromHarm',
  };
}

const chosen = (recorded: readonly Recorded[], revision: number): Recorded | null =>
  (revision === 0
    ? recorded.find((one) => !one.current)
    : recorded.find((one) => one.revision === revision)) ?? null;

/** One changed workload, which should then run so on every instance. */
function edited(
  operation: ChangeWorkload,
  before: KubeObject,
  after: KubeObject,
  said: Pick<Meaning, 'guards' | 'notes'>,
): Proposal {
  const resource = resourceOfKind(operation.workload.kind);
  return {
    edits: [{ edit: { action: 'patch', resource, before, after }, withheld: false }],
    title: workloadTitle(operation.workload.name, operation.action),
    target: sayWorkload(operation.workload),
    expectation: rolloutOf(operation),
    direction: 'neutral',
    ...said,
  };
}

const rolloutOf = ({ workload }: ChangeWorkload): Expectation => ({
  kind: 'rollout',
  host: null,
  workloads: [workload],
  instance: null,
});

const unmeasured = (why: string): Expectation => ({ kind: 'unmeasured', host: null, why });

function meaningOfUndo(operation: ChangeWorkload, changes: readonly Change[]): Meaning {
  const { action, workload } = operation;
  const said = {
    title: workloadTitle(operation.workload.name, operation.action),
    target: sayWorkload(workload),
    direction: 'neutral' as const,
  };
  switch (action.verb) {
    case 'scale': {
      // Our own text; what was counted before stands in it.
      const before = numberAt(parse(changes[0]?.before ?? ''), 'spec', 'replicas');
      return {
        ...said,
        guards: before === 0 ? [noneLeftGuard(workload.name)] : [],
        expectation: rolloutOf(operation),
        notes: before === null ? [] : [`${workload.name} goes back to ${before} from ${action.replicas}.`],
        direction: before === 0 ? 'towardsHarm' : 'neutral',
      };
    }
    case 'restart':
    case 'rollBack':
      return {
        ...said,
        guards: [],
        expectation: rolloutOf(operation),
        notes: ['The template changes once more, so its instances are replaced once more.'],
      };
    case 'pause':
    case 'resume':
      return { ...said, guards: [], expectation: rolloutOf(operation), notes: [] };
    case 'drain':
    case 'putBack': {
      const { document } = changes[0] ?? {};
      const instance =
        document === undefined
          ? null
          : {
              namespace: workload.namespace,
              name: action.instance,
              uid: document.uid,
              serving: action.verb === 'drain',
            };
      return {
        ...said,
        guards: [],
        expectation: { kind: 'rollout', host: null, workloads: [], instance },
        notes: ['Its labels become what they were.'],
        judgeOwner: false,
      };
    }
    default:
      return { ...said, guards: [], expectation: rolloutOf(operation), notes: [] };
  }
}
