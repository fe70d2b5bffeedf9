import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import type { Change } from '../../model/change.ts';
import type { SetWeights } from '../../model/operation.ts';
import type { Split } from '../../model/weights.ts';
import type { DeclaredControl, ReadBack } from '../kit/control.ts';
import { PeerError } from '../kit/peerError.ts';
import { sayWeights } from '../kit/splitGuards.ts';
import { compare, sayCompiled } from './chain.ts';
import type { Entry } from './entries.ts';
import { fingerprintOf, planWrite, refuseNonsense, type Seen } from './plan.ts';
import type { Registry } from './registry.ts';
import { readSplits, splitIdOf } from './splits.ts';

const settleMs = 100;
const remembered = 5_000;

/** Weights of service-splitters, written as whole entries by compare-and-set whose answer is read from the body. */
export function createWeights(registry: Registry): DeclaredControl<SetWeights, Split> {
  /** Fingerprints by split and revision, so that a plan can tell whether only weights moved since somebody looked. */
  const memory = new Map<string, string>();

  function current(): readonly Split[] {
    for (const entry of registry.entries('service-splitter')) {
      const key = `${splitIdOf(entry)} ${entry.modifyIndex}`;
      if (!memory.has(key)) memory.set(key, fingerprintOf(entry));
    }
    for (const key of memory.keys()) {
      if (memory.size <= remembered) break;
      memory.delete(key);
    }
    return readSplits(registry);
  }

  async function find(splitId: string, signal: AbortSignal): Promise<Split> {
    await registry.ready(signal);
    const split = current().find((one) => one.id === splitId);
    if (split !== undefined) return split;
    throw new PeerError('notFound', 'This split is gone: its entry no longer exists. Look at the map again.');
  }

  return {
    watch: (signal, onState) =>
      registry.follow(
        {
          settleMs,
          read() {
            const splits = current();
            // Before the first answer there are no splits to speak of, and none is not what the peer said.
            return registry.entriesView('service-splitter').value === null ? null : splits;
          },
          content: (splits) => splits,
        },
        () => onState(registry.entriesView('service-splitter').health),
        signal,
      ),

    async plan(operation, signal) {
      const shown = await find(operation.splitId, signal);
      const wanted = operation.weights.map((weight) => weight ?? 0);
      refuseNonsense(shown, wanted);
      const { revision } = operation.seen;
      const seen: Seen = {
        ...operation.seen,
        fingerprint: memory.get(`${operation.splitId} ${revision}`),
      };
      return await planWrite(registry, shown, wanted, seen, signal);
    },

    async planUndo(operation, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const shown = await find(operation.splitId, signal);
      const before = weightsIn(change.before);
      const now = shown.destinations.map(({ weight }) => weight);
      if (sayWeights(now) === sayWeights(before))
        throw new PeerError(
          'refused',
          `The weights are ${sayWeights(before)} already, as they were before: there is nothing to undo.`,
        );
      const seen: Seen = {
        revision: '',
        weights: weightsIn(change.after),
        fingerprint: fingerprintIn(change.after),
      };
      return await planWrite(registry, shown, before, seen, signal);
    },

    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'A change of weights writes exactly one entry.');
      refuseElsewhere(registry, change);
      const content: unknown = parse(change.after);
      if (!(await registry.api.putEntry(content, change.revision, signal)))
        throw await conflictOf(registry, change, signal);
      const acceptedAt = registry.host.clock.now();
      // The answer is a bare "true"; what index the write got is read, and not having read it loses nothing.
      const entry = await registry.fresh('service-splitter', change.document.name, signal).catch(() => null);
      return { acceptedAt, revisions: [{ document: change.document, revision: entry?.modifyIndex ?? '' }] };
    },

    async verify(change, signal) {
      refuseElsewhere(registry, change);
      let entry: Entry;
      try {
        entry = await registry.fresh('service-splitter', change.document.name, signal);
      } catch (error) {
        if (error instanceof PeerError && error.kind === 'notFound')
          return { state: 'else', revision: '', detail: 'The entry was deleted.', changedBy: null };
        throw error;
      }
      return await readBack(registry, entry, change, signal);
    },
  };
}

/** A plan belongs to the data centre it was made on, whatever is selected meanwhile. */
function refuseElsewhere(registry: Registry, { document }: Change): void {
  if (document.connectionId !== registry.host.connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
}

/** Consul answers a lost race with 200 and "false", and says no more: the entry itself tells. */
async function conflictOf(registry: Registry, change: Change, signal: AbortSignal): Promise<PeerError> {
  const { name, uid } = change.document;
  const where = `service-splitter ${name}`;
  let entry: Entry;
  try {
    entry = await registry.fresh('service-splitter', name, signal);
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound')
      return new PeerError('conflict', `${where} was deleted meanwhile. Nothing was changed.`);
    return new PeerError(
      'conflict',
      `Consul refused the write of ${where}: its index moved. Nothing was changed.`,
      {
        cause: error,
      },
    );
  }
  if (entry.createIndex !== uid)
    return new PeerError('conflict', `${where} was deleted and made anew meanwhile. Nothing was changed.`);
  return new PeerError(
    'conflict',
    `Someone else changed ${where} meanwhile. Nothing was changed. Review it again.`,
  );
}

async function readBack(
  registry: Registry,
  entry: Entry,
  change: Change,
  signal: AbortSignal,
): Promise<ReadBack> {
  const revision = entry.modifyIndex;
  if (entry.createIndex !== change.document.uid)
    return { state: 'else', revision, detail: 'The entry was deleted and made anew.', changedBy: null };
  if (isDeepStrictEqual(entry.content, parse(change.after))) {
    // The entry is only half of it: the chain compiled of it is what proxies get.
    const said = await registry.api.chain(entry.name, signal).then(
      (body) => sayCompiled(compare(body, entry)),
      () => 'The discovery chain could not be read.',
    );
    return { state: 'after', revision, detail: `Read back as written. ${said}`, changedBy: null };
  }
  if (isDeepStrictEqual(entry.content, parse(change.before)))
    return { state: 'before', revision, detail: 'Still as before.', changedBy: null };
  const held = sayWeights(weightsOf(entry.content)) === sayWeights(weightsIn(change.after));
  return {
    state: 'else',
    revision,
    changedBy: null,
    detail: held
      ? 'The weights are as written, but another part of the entry was changed since.'
      : 'The entry holds neither the old nor the new weights.',
  };
}

const linesIn = (content: unknown): readonly Readonly<Record<string, unknown>>[] => {
  const lines = (content as { readonly Splits?: unknown } | null)?.Splits;
  return Array.isArray(lines) ? (lines as Record<string, unknown>[]) : [];
};

const weightsOf = (content: unknown): number[] =>
  linesIn(content).map(({ Weight }) => (typeof Weight === 'number' ? Weight : 0));

const weightsIn = (yaml: string): number[] => weightsOf(parse(yaml));

function fingerprintIn(yaml: string): string {
  return JSON.stringify(linesIn(parse(yaml)).map(({ Weight: _, ...line }) => line));
}
