import type { Change, DocumentThreeWay, Guard, ThreeWay } from '../../../model/change.ts';
import type { DocumentRef } from '../../../model/entity.ts';
import type { Operation } from '../../../model/operation.ts';
import type { Split } from '../../../model/weights.ts';
import type { ConnectorHost } from '../../kit/connector.ts';
import {
  type Control,
  PartlyWritten,
  type PlannedWrite,
  type ReadBack,
  type Receipt,
} from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { type KubeClient, mayBeFence } from '../client.ts';
import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { answeredBy } from './asked.ts';
import {
  changeOf,
  type DocumentEdit,
  hasMoved,
  keyOfEdit,
  nameOf,
  type ProposedEdit,
  refOf,
  roundedBy,
} from './change.ts';
import { copiesOfEdits } from './copies.ts';
import { ownerNames, ownershipOf, overwrites, type RolloutClaim } from './ownership.ts';
import { readBack } from './readBack.ts';
import { stampEdit, type StampDocument, type TriedEdit } from './stamp.ts';
import { send, tryEdit } from './trial.ts';
import { editBack } from './undo.ts';

/** What an operation means for documents; nothing of it is written yet. */
export interface Proposal extends Meaning {
  readonly edits: readonly ProposedEdit[];
  /** Three versions of weights come with a guard of the proposer's own. */
  readonly threeWay?: ThreeWay | null;
  /** A copy of one of its documents with what is only known once it is applied. */
  readonly stamp?: StampDocument;
}

/** What an operation, or its way back, means to people and to traffic. */
export type Meaning = Pick<
  PlannedWrite,
  'title' | 'target' | 'guards' | 'expectation' | 'notes' | 'direction'
> & {
  /** The split as declared now, where one is concerned. */
  readonly split?: Split;
  /** Whether who else writes these documents matters to this operation; it does unless said otherwise. */
  readonly judgeOwner?: boolean;
};

/** What a connector supplies of a control: which documents, how they are edited, what that means. */
export interface Proposer<O extends Operation> {
  /** Reads the documents anew and edits copies. Throws `PeerError` for what no peer should be asked. */
  propose(operation: O, signal: AbortSignal): Promise<Proposal>;
  /** What the way back of these changes means; the documents are put back without its help. */
  meaningOfUndo(operation: O, signal: AbortSignal, changes: readonly Change[]): Promise<Meaning>;
  /** The way back where it is not to put the documents back; null, or absent, where it is. */
  proposeUndo?(operation: O, changes: readonly Change[], signal: AbortSignal): Promise<Proposal | null>;
  /** Where documents of this kind are served. */
  resourceOf(document: DocumentRef): Resource | Promise<Resource>;
  /** Which document an undo puts back first: the one written last, unless the order of writing serves both ways. */
  readonly undoOrder?: 'lastFirst' | 'asWritten';
}

/** What all document controls of one connection share. */
export interface DocumentDesk {
  readonly client: KubeClient;
  readonly host: Pick<ConnectorHost, 'connectionId' | 'clock'>;
  rollouts(): readonly RolloutClaim[];
}

/** What a plan will send, as the peer tried it. */
interface Kept {
  readonly tried: readonly TriedEdit[];
  readonly stamp: StampDocument | undefined;
}

/** The verbs of a control over documents of a Kubernetes API server, written once. */
export function createDocumentControl<O extends Operation>(
  desk: DocumentDesk,
  proposer: Proposer<O>,
): Control<O> {
  const { client, host } = desk;
  /** What a plan will send. Kept beside the plan: what is withheld from the plan is here only, and never leaves. */
  const kept = new WeakMap<PlannedWrite, Kept>();

  async function plannedOf(
    proposed: readonly ProposedEdit[],
    meaning: Meaning,
    more: Required<Pick<Proposal, 'threeWay' | 'judgeOwner'>> & Pick<Proposal, 'stamp'>,
    signal: AbortSignal,
  ): Promise<PlannedWrite> {
    refuseTwice(proposed);
    for (const { edit } of proposed) refuseRounded(edit);
    const guards: Guard[] = [];
    const tried: TriedEdit[] = [];
    for (const [position, one] of proposed.entries()) {
      const id = proposed.length === 1 ? '' : `-${position + 1}`;
      const trial = await tryEdit(client, one.edit, id, signal);
      guards.push(...trial.guards);
      if (more.judgeOwner && one.edit.action !== 'create')
        guards.push(ownerGuard(`ownership${id}`, desk, one.edit.before));
      tried.push({ ...one, stored: trial.stored });
    }
    const { threeWay } = more;
    if (threeWay?.kind === 'document') guards.push(changedGuard(threeWay));
    const edits = proposed.map(({ edit }) => edit);
    const secret = proposed.some(({ withheld }) => withheld);
    const write: PlannedWrite = {
      ...meaning,
      guards: [...guards, ...meaning.guards],
      changes: tried.map((one) => changeOf(host.connectionId, one, one.stored)),
      threeWay,
      copies: secret ? withheldCopies : copiesOfEdits(client, edits),
      split: meaning.split ?? null,
    };
    kept.set(write, { tried, stamp: more.stamp });
    return write;
  }

  function planned(proposal: Proposal, signal: AbortSignal): Promise<PlannedWrite> {
    const { edits, threeWay = null, judgeOwner = true, stamp, ...meaning } = proposal;
    return plannedOf(
      edits,
      meaning,
      { threeWay, judgeOwner, ...(stamp === undefined ? {} : { stamp }) },
      signal,
    );
  }

  return {
    async plan(operation, signal) {
      return planned(await proposer.propose(operation, signal), signal);
    },

    stamp(write, stamp) {
      const known = kept.get(write);
      const put = known?.stamp;
      if (known === undefined || put === undefined) return write;
      const tried = known.tried.map((one) => stampEdit(one, put, stamp));
      const changes = tried.map((one) => changeOf(host.connectionId, one, one.stored));
      const stamped: PlannedWrite = { ...write, changes };
      kept.set(stamped, { tried, stamp: put });
      return stamped;
    },

    async planUndo(operation, changes, signal) {
      for (const { document } of changes) refuseElsewhere(host.connectionId, document);
      const proposal = (await proposer.proposeUndo?.(operation, changes, signal)) ?? null;
      if (proposal !== null) return planned(proposal, signal);
      const edits: ProposedEdit[] = [];
      let threeWay: DocumentThreeWay | null = null;
      // Last first, as a rule: what was written last may need what was written first.
      const inOrder = proposer.undoOrder === 'asWritten' ? changes : changes.toReversed();
      for (const change of inOrder) {
        const resource = await proposer.resourceOf(change.document);
        const back = await editBack(client, resource, change, signal);
        if (back.edit !== null) edits.push({ edit: back.edit, withheld: change.withheld });
        threeWay ??= back.threeWay;
      }
      if (edits.length === 0)
        throw new PeerError('refused', 'Everything is as it was before already: there is nothing to undo.');
      const { judgeOwner = true, ...meaning } = await proposer.meaningOfUndo(operation, signal, changes);
      return plannedOf(edits, meaning, { threeWay, judgeOwner }, signal);
    },

    async apply(write, signal): Promise<Receipt> {
      const known = kept.get(write);
      if (known === undefined)
        throw new PeerError(
          'refused',
          'This change was planned by another session; nothing was written. Review it again.',
        );
      const revisions: Receipt['revisions'][number][] = [];
      for (const one of known.tried) {
        const { edit } = one;
        try {
          const written = await send(client, edit, false, signal);
          const shown = written ?? (edit.action === 'create' ? null : edit.before);
          if (shown === null) throw new PeerError('broken', `${client.server} gave no ${nameOf(edit)} back.`);
          revisions.push({
            document: refOf(host.connectionId, shown),
            revision: written?.metadata.resourceVersion ?? '',
            after: written === null ? null : answeredBy(one, written),
          });
        } catch (error) {
          const told = await betterWord(client, edit, error, signal);
          if (revisions.length === 0 || !(told instanceof PeerError)) throw told;
          throw new PartlyWritten({ acceptedAt: host.clock.now(), revisions }, told);
        }
      }
      return { acceptedAt: host.clock.now(), revisions };
    },

    async verify(change, signal): Promise<ReadBack> {
      refuseElsewhere(host.connectionId, change.document);
      const { namespace, name } = change.document;
      try {
        const resource = await proposer.resourceOf(change.document);
        const live = await client.object(resource, namespace, name, signal);
        return readBack(change, live);
      } catch (error) {
        if (error instanceof PeerError && error.kind === 'notFound') return readBack(change, null);
        throw error;
      }
    },
  };
}

const withheldCopies = {
  command: '# withheld: this holds a secret value',
  curl: '# withheld: this holds a secret value',
  patch: '# withheld: this holds a secret value',
};

function refuseTwice(proposed: readonly ProposedEdit[]): void {
  if (proposed.length === 0) throw new PeerError('refused', 'It is so already: there is nothing to change.');
  const keys = proposed.map(({ edit }) => keyOfEdit(edit));
  if (new Set(keys).size !== keys.length)
    throw new PeerError('refused', 'A plan writes each document once; this one names a document twice.');
}

function refuseRounded(edit: DocumentEdit): void {
  const place = roundedBy(edit);
  if (place !== null)
    throw new PeerError(
      'refused',
      `${nameOf(edit)} holds a number at ${place} that is too large to be written without rounding it (beyond 2^53). Nothing was changed; write it with kubectl.`,
    );
}

function refuseElsewhere(connectionId: string, document: DocumentRef): void {
  // A plan belongs to the cluster it was made on, whatever is selected meanwhile.
  if (document.connectionId !== connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
}

/** A failed `test` is a 422 without a word of which one, a lost race a 409: the document itself tells. */
async function betterWord(
  client: KubeClient,
  edit: DocumentEdit,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!mayBeFence(error)) return error;
  const what = nameOf(edit);
  const { metadata } = edit.action === 'create' ? edit.after : edit.before;
  const conflict = (why: string) =>
    new PeerError('conflict', `${why} Nothing was changed.`, { cause: error });
  let now: KubeObject | null = null;
  try {
    now = await client.object(edit.resource, metadata.namespace ?? null, metadata.name, signal);
  } catch (second) {
    if (!(second instanceof PeerError) || second.kind !== 'notFound') return error;
  }
  if (edit.action === 'create')
    return now === null ? error : conflict(`${what} exists by now: someone else made it.`);
  if (now === null) return conflict(`${what} was deleted meanwhile.`);
  if (now.metadata.uid !== edit.before.metadata.uid)
    return conflict(`${what} was deleted and made anew meanwhile.`);
  if (hasMoved(edit, now)) return conflict(`Someone else changed ${what} meanwhile. Review it again.`);
  return error;
}

/** Who else writes a document, and what they make of another's change. */
export function ownerGuard(id: string, desk: Pick<DocumentDesk, 'rollouts'>, object: KubeObject): Guard {
  const ownership = ownershipOf(object, desk.rollouts());
  if (ownership === null)
    return {
      id,
      verdict: 'pass',
      title: `No controller or repository is known to own ${object.kind} ${object.metadata.name}`,
      detail: null,
    };
  return {
    id,
    verdict: overwrites(ownership) ? 'block' : 'tick',
    title: `${object.kind} ${object.metadata.name} is owned by ${ownerNames[ownership.owner]}: ${ownership.name}`,
    detail: ownership.consequence,
  };
}

function changedGuard({ changedBy, document }: DocumentThreeWay): Guard {
  return {
    id: 'changed',
    verdict: 'tick',
    title: `${changedBy ?? 'Someone'} changed ${document.kind} ${document.name} since it was written`,
    detail: 'Compare the three versions before you go on: what was changed in the same place will be lost.',
  };
}
