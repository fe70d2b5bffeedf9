import { workloadTitle } from '../../../analysis/workloadTitle.ts';
import { applyPatch, type Operation as RfcStep } from 'rfc6902';
import { stringify } from 'yaml';
import type { Change, Guard, PatchStep } from '../../../model/change.ts';
import type { ChangeWorkload } from '../../../model/operation.ts';
import type { Control, PlannedWrite, ReadBack, Receipt } from '../../kit/control.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import { mayI } from '../../kube/access.ts';
import { mayBeFence } from '../../kube/client.ts';
import { refOf } from '../../kube/documents/change.ts';
import { type DocumentDesk, ownerGuard } from '../../kube/documents/control.ts';
import { copiesOf } from '../../kube/documents/copies.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { argoState, argoWrite, isBlueGreen, saySwitch, type VerbWrite } from './argo.ts';
import { flaggerState, flaggerWrite } from './flagger.ts';
import { readBack, shown } from './readBack.ts';
import { isLedKind, ledResources } from './resources.ts';

/**
 * The verbs of Argo Rollouts and Flagger, written as their own tools do, with tests of what was looked at: a verb that was
 * asked for twice acts once.
 */
export function createLedControl(desk: DocumentDesk): Control<ChangeWorkload> {
  const { client, host } = desk;
  const read = async (
    { kind, namespace, name, uid }: Pick<Change['document'], 'kind' | 'namespace' | 'name' | 'uid'>,
    signal: AbortSignal,
  ): Promise<KubeObject> => {
    if (!isLedKind(kind)) throw new PeerError('refused', `${kind} is led by no controller known here.`);
    const found = await client.object(ledResources[kind], namespace, name, signal);
    if (found.metadata.uid !== uid)
      throw new PeerError('conflict', `${kind} ${namespace ?? ''}/${name} was deleted and made anew.`);
    return found;
  };

  async function planned(
    operation: ChangeWorkload,
    live: KubeObject,
    verb: ChangeWorkload['action']['verb'],
    signal: AbortSignal,
  ): Promise<PlannedWrite> {
    const write = writeOf(live, verb);
    const isSwitch = verb === 'promote' && isBlueGreen(live);
    const allAtOnce = verb === 'promoteFull' || isSwitch;
    const where = `${live.kind} ${operation.workload.namespace}/${live.metadata.name}`;
    const guards = [
      ...(await tried(live, write, signal)),
      ...(allAtOnce ? [allAtOnceGuard(live, verb)] : []),
      // A status is its controller's own; what is in the specification may be somebody else's.
      ...(write.subresource === null ? [ownerGuard('ownership', desk, live)] : []),
    ];
    const state = live.kind === 'Rollout' ? argoState(live) : flaggerState(live);
    return {
      title: isSwitch
        ? `Switch ${live.metadata.name} to its new version`
        : workloadTitle(operation.workload.name, { verb } as ChangeWorkload['action']),
      target: where,
      changes: [changeOf(host.connectionId, live, write)],
      guards,
      expectation: {
        kind: 'unmeasured',
        host: null,
        why: `its controller decides what follows; ${live.kind === 'Rollout' ? 'its steps show' : 'its phase shows'} how far it is`,
      },
      threeWay: null,
      copies: copiesOf(client, resourceOf(live), live, write.steps, write.subresource),
      split: null,
      notes: [`It stands at: ${state}.`, write.says],
      direction:
        verb === 'abort' || verb === 'pause' ? 'awayFromHarm' : allAtOnce ? 'towardsHarm' : 'neutral',
    };
  }

  async function tried(live: KubeObject, write: VerbWrite, signal: AbortSignal): Promise<Guard[]> {
    const resource = resourceOf(live);
    const plural = `${resource.plural}${write.subresource === null ? '' : `/${write.subresource}`}`;
    const allowed = await mayI(
      client,
      {
        verb: 'patch',
        group: resource.group,
        resource: plural,
        namespace: live.metadata.namespace ?? null,
        name: live.metadata.name,
      },
      signal,
    ).catch(() => null);
    if (allowed === false)
      return [
        guardOf(
          'access',
          'block',
          `You may not patch ${plural} ${live.metadata.name}`,
          `Ask for the verb “patch” on ${plural} of ${resource.group}.`,
        ),
      ];
    const access = guardOf('access', 'pass', `You may patch ${plural} ${live.metadata.name}`);
    try {
      await client.patch(
        resource,
        live,
        write.steps,
        { dryRun: true, subresource: write.subresource },
        signal,
      );
      return [guardOf('dry-run', 'pass', 'The API server tried it and would take it'), access];
    } catch (error) {
      if (!(error instanceof PeerError) || error.status === null) throw error;
      return [
        guardOf('dry-run', 'block', 'The API server tried it and refuses', sayError(error, 'Trying it')),
        access,
      ];
    }
  }

  return {
    async plan(operation, signal) {
      return planned(operation, await read(operation.workload, signal), operation.action.verb, signal);
    },

    async planUndo(operation, _changes, signal) {
      const back = wayBack[operation.action.verb];
      if (back === undefined)
        throw new PeerError(
          'refused',
          'A step that was ended cannot be begun again: abort the Rollout to give the stable version everything.',
        );
      return planned(operation, await read(operation.workload, signal), back, signal);
    },

    async apply({ changes }, signal): Promise<Receipt> {
      const [change] = changes;
      if (change === undefined || change.document.connectionId !== host.connectionId)
        throw new PeerError(
          'refused',
          'This change was planned on another connection; nothing is written here.',
        );
      const live = await read(change.document, signal);
      const resource = resourceOf(live);
      const subresource = change.patch.some(({ op, path }) => op !== 'test' && path.startsWith('/status'))
        ? 'status'
        : null;
      try {
        const written = await client.patch(
          resource,
          live,
          change.patch,
          { dryRun: false, subresource },
          signal,
        );
        return {
          acceptedAt: host.clock.now(),
          revisions: [{ document: change.document, revision: written.metadata.resourceVersion }],
        };
      } catch (error) {
        if (mayBeFence(error))
          throw new PeerError(
            'conflict',
            `${live.kind} ${live.metadata.name} is no longer where it was when this was reviewed: it has gone on, or somebody asked already. Nothing was changed. Review it again.`,
            { cause: error },
          );
        throw error;
      }
    },

    async verify(change, signal): Promise<ReadBack> {
      const live = await read(change.document, signal).catch((error: unknown) => {
        if (error instanceof PeerError && (error.kind === 'notFound' || error.kind === 'conflict'))
          return null;
        throw error;
      });
      if (live === null)
        return { state: 'else', revision: '', detail: 'The document was deleted.', changedBy: null };
      return readBack(change, live);
    },
  };
}

/** Nothing is left then that would stop a bad version before all feel it. */
const allAtOnceGuard = (live: KubeObject, verb: ChangeWorkload['action']['verb']): Guard => ({
  id: 'all-at-once',
  verdict: 'typeName',
  title: `All calls go to the new version of ${live.metadata.name} at once`,
  detail:
    verb === 'promoteFull'
      ? 'What is left of its steps and analyses is skipped: nothing looks at how it answers them.'
      : saySwitch(live),
});

/** What takes a verb back; a promotion has no way back. */
const wayBack: Partial<Record<string, 'pause' | 'resume' | 'abort' | 'retry'>> = {
  pause: 'resume',
  resume: 'pause',
  abort: 'retry',
  retry: 'abort',
};

const writeOf = (live: KubeObject, verb: ChangeWorkload['action']['verb']): VerbWrite =>
  live.kind === 'Rollout' ? argoWrite(live, verb) : flaggerWrite(live, verb);

const resourceOf = ({ kind }: KubeObject) => ledResources[kind === 'Canary' ? 'Canary' : 'Rollout'];

function changeOf(connectionId: string, live: KubeObject, { steps }: VerbWrite): Change {
  const after = structuredClone(live);
  applyPatch(after, steps.filter(({ op }) => op !== 'test') as RfcStep[]);
  return {
    document: refOf(connectionId, live),
    action: 'patch',
    withheld: false,
    revision: live.metadata.resourceVersion,
    patch: [...steps],
    inverse: [] satisfies PatchStep[],
    before: stringify(shown(live)),
    after: stringify(shown(after)),
  };
}
