import type { Change, Guard } from '../../../model/change.ts';
import type { Operation } from '../../../model/operation.ts';
import type { Control, PlannedWrite, ReadBack } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { Registry } from '../registry.ts';
import { alike } from './alike.ts';
import { type Edit, guardsOf } from './change.ts';
import { isBare } from './content.ts';
import { takeBack } from './takeBack.ts';
import { applyChanges, contentIn, find, kindOf, written } from './write.ts';

/** What a write means to people and to traffic. */
type Meaning = Pick<PlannedWrite, 'title' | 'expectation' | 'notes'>;

/** Which entries an operation writes, and what that means; nothing of it is written yet. */
export interface EntryProposal extends Meaning {
  readonly edits: readonly Edit[];
  readonly guards: readonly Guard[];
}

/** What a connector supplies of a control over config entries. */
export interface EntryProposer<O extends Operation> {
  /** Reads the entries anew and edits copies. Throws `PeerError` for what Consul should not be asked. */
  propose(operation: O, signal: AbortSignal): Promise<EntryProposal>;
  /** What the way back means; the entries themselves are put back without its help, and may still be changed here. */
  meaningOfUndo(operation: O, edits: readonly Edit[]): Meaning & { readonly edits?: readonly Edit[] };
}

/** The verbs of a control over config entries: whole entries, each fenced by its index, whose answer is read from the body. */
export function createEntryControl<O extends Operation>(
  registry: Registry,
  proposer: EntryProposer<O>,
): Control<O> {
  const planned = async (
    { edits, guards, ...meaning }: EntryProposal,
    signal: AbortSignal,
  ): Promise<PlannedWrite> => ({
    ...written(registry, edits),
    ...meaning,
    guards: [...(await guardsOf(registry, edits, signal)), ...guards],
    direction: 'neutral',
  });

  return {
    async plan(operation, signal) {
      await registry.ready(signal);
      return await planned(await proposer.propose(operation, signal), signal);
    },
    async planUndo(operation, changes, signal) {
      await registry.ready(signal);
      const edits: Edit[] = [];
      for (const change of changes.toReversed()) {
        const edit = await editBack(registry, change, signal);
        if (edit !== null) edits.push(edit);
      }
      if (edits.length === 0)
        throw new PeerError('refused', 'Everything is as it was before already: there is nothing to undo.');
      return await planned({ edits, guards: [], ...proposer.meaningOfUndo(operation, edits) }, signal);
    },
    apply: (write, signal) => applyChanges(registry, write.changes, signal),
    verify: (change, signal) => readBack(registry, change, signal),
  };
}

/** Null where the entry is as before already. */
async function editBack(registry: Registry, change: Change, signal: AbortSignal): Promise<Edit | null> {
  const { name, connectionId } = change.document;
  if (connectionId !== registry.host.connectionId)
    throw new PeerError('refused', 'This change was made on another connection; nothing is written here.');
  const kind = kindOf(change.document.kind);
  const live = await find(registry, kind, name, signal);
  const [before, after] = [contentIn(change.before), contentIn(change.after)];
  if (live === null) {
    if (change.action === 'create') return null;
    if (change.action === 'delete') return { kind, name, before: null, after: before };
    throw new PeerError(
      'conflict',
      `${kind} ${name} was deleted since, so there is nothing to put back into.`,
    );
  }
  const left = takeBack(before, after, live.content);
  if (alike(left, live.content)) return null;
  return { kind, name, before: live, after: change.action === 'create' && isBare(left) ? null : left };
}

async function readBack(registry: Registry, change: Change, signal: AbortSignal): Promise<ReadBack> {
  const { kind, name, uid } = change.document;
  const entry = await find(registry, kindOf(kind), name, signal);
  const answer = (state: ReadBack['state'], detail: string): ReadBack => ({
    state,
    revision: entry?.modifyIndex ?? '',
    detail,
    changedBy: null,
  });
  if (entry === null) {
    if (change.action === 'patch') return answer('else', 'The entry was deleted.');
    return change.action === 'delete'
      ? answer('after', 'It is gone, as wanted.')
      : answer('before', 'Still as before: there is none.');
  }
  const isSame = change.action === 'create' || uid === entry.createIndex;
  if (!isSame) return answer('else', 'The entry was deleted and made anew.');
  if (change.action !== 'delete' && alike(entry.content, contentIn(change.after)))
    return answer('after', 'Read back as written. Whether proxies have it is another question.');
  if (change.action !== 'create' && alike(entry.content, contentIn(change.before)))
    return answer('before', 'Still as before.');
  return answer('else', 'The entry holds neither what was before nor what was written.');
}

/** Whether the entry is as the operator saw it. */
export function seenGuards(edit: Edit, revision: string): Guard[] {
  if ((edit.before?.modifyIndex ?? '') === revision) return [];
  return [
    guardOf(
      'seen',
      'tick',
      `${edit.kind} ${edit.name} was changed since you looked`,
      'The difference below is from what it holds now. See that nothing else is undone by it.',
    ),
  ];
}
