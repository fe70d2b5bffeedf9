import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../../model/change.ts';
import type { SetWeights } from '../../../model/operation.ts';
import type { Split } from '../../../model/weights.ts';
import type { DeclaredControl, ReadBack } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { sayWeights } from '../../kit/splitGuards.ts';
import { weightOf } from './definitions.ts';
import { copiesOf, definitionsFor, definitionsOf, type GroupDocument, readDocument } from './documents.ts';
import { followGateways, type Gateways } from './gateways.ts';
import { groupsOf, revisionOf, weightsIn } from './groups.ts';
import { fingerprintOf, planWrite, type Seen } from './plan.ts';
import { readSplits, splitIdOf } from './splits.ts';
import { writeGroup } from './write.ts';

const remembered = 5_000;

/** Weights of routes, stored in the memory of every copy of a gateway and loaded there. */
export function createWeights(gateways: Gateways): DeclaredControl<SetWeights, Split> {
  const { host } = gateways.fleet;
  /** What routes were beside their weights, by split and revision, so that a plan can tell whether only weights moved. */
  const memory = new Map<string, string>();
  /** Why copies did not take the last write of a group, by group and copy. */
  const failing = new Map<string, ReadonlyMap<string, string>>();

  function current(): readonly Split[] {
    for (const group of groupsOf(gateways.all()))
      memory.set(`${splitIdOf(group)} ${revisionOf(group)}`, fingerprintOf(copiesOf(group.gateways)));
    for (const key of memory.keys()) {
      if (memory.size <= remembered) break;
      memory.delete(key);
    }
    return readSplits(gateways);
  }

  return {
    watch: (signal, onState) => followGateways(gateways, current, onState, signal),

    plan({ splitId, weights, seen }, signal) {
      const known: Seen = { ...seen, fingerprint: memory.get(`${splitId} ${seen.revision}`) };
      const wanted = weights.map((weight) => weight ?? 0);
      return planWrite(gateways, splitId, { kind: 'weights', weights: wanted }, known, signal);
    },

    planUndo({ splitId }, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const after = readDocument(change.after);
      const seen: Seen = {
        revision: '',
        weights: firstWeights(after),
        fingerprint: fingerprintOf(after.copies),
      };
      const document = readDocument(change.before);
      return planWrite(gateways, splitId, { kind: 'document', document }, seen, signal);
    },

    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'A change of weights writes exactly one group of routes.');
      refuseElsewhere(gateways, change);
      const outcomes = await writeGroup(gateways, change, signal);
      const failures = outcomes.flatMap(({ error }) => error ?? []);
      failing.set(
        change.document.uid,
        new Map(outcomes.flatMap(({ name, error }) => (error === null ? [] : [[name, error.message]]))),
      );
      const worst = failures.find(({ kind }) => kind === 'unanswered') ?? failures[0];
      if (worst !== undefined && failures.length === outcomes.length) throw worst;
      const acceptedAt = host.clock.now();
      const { gateway, group: name } = readDocument(change.after);
      const copies = await gateways.look(gateway, signal).catch(() => []);
      const group = groupsOf(copies).find((one) => one.name === name);
      return {
        acceptedAt,
        takenBy: `${outcomes.length - failures.length} of ${outcomes.length} copies`,
        revisions: [{ document: change.document, revision: group === undefined ? '' : revisionOf(group) }],
      };
    },

    async verify(change, signal) {
      refuseElsewhere(gateways, change);
      return readBack(gateways, change, failing.get(change.document.uid) ?? new Map(), signal);
    },
  };
}

/** A plan belongs to the connection it was made on, whatever is selected meanwhile. */
function refuseElsewhere(gateways: Gateways, { document }: Change): void {
  if (document.connectionId !== gateways.fleet.host.connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
}

/** Whether every copy stores what was written. What is served, the proof tells. Throws while a copy cannot be read. */
async function readBack(
  gateways: Gateways,
  change: Change,
  failing: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<ReadBack> {
  const [before, after] = [readDocument(change.before), readDocument(change.after)];
  const copies = await gateways.look(after.gateway, signal);
  const group = groupsOf(copies).find(({ name }) => name === after.group);
  const present = (group?.gateways ?? []).filter(({ gateway }) => gateway.problem === null);
  const stateIn = (document: GroupDocument, one: (typeof present)[number]): boolean => {
    const wanted = definitionsFor(document, one.gateway.name);
    // One that joined since was never written to; what it divides is told all the same.
    return wanted === null
      ? isDeepStrictEqual(
          one.routes.map(({ weight }) => weight),
          firstWeights(document),
        )
      : isDeepStrictEqual(definitionsOf(one), wanted);
  };
  const good = present.filter((one) => stateIn(after, one));
  const others = present
    .filter((one) => !good.includes(one))
    .map(
      (one) =>
        `${one.gateway.name} divides ${sayWeights(weightsIn(one))}${stateIn(before, one) ? `, as before: ${failing.get(one.gateway.name) ?? 'it restarted'}` : ''}`,
    );
  const unread = copies.filter(
    ({ problem, name }) => problem !== null && definitionsFor(after, name) !== null,
  );
  const silent = unread.map(({ name, problem }) => `${name}: ${problem ?? ''}`);
  const detail =
    `${good.length} of ${present.length + unread.length} copies store it${others.length + silent.length === 0 ? '.' : `; ${[...others, ...silent].join('; ')}.`}`.slice(
      0,
      500,
    );
  const told = { revision: group === undefined ? '' : revisionOf(group), detail, changedBy: null };
  if (unread.length > 0) throw new PeerError('unreachable', detail);
  if (present.length === 0)
    return { ...told, state: 'else', detail: 'No copy has this group of routes any more.' };
  if (others.length === 0) return { ...told, state: 'after' };
  return { ...told, state: present.every((one) => stateIn(before, one)) ? 'before' : 'else' };
}

/** Of the first copies that are named. */
const firstWeights = ({ copies }: GroupDocument): (number | null)[] =>
  (copies[0]?.routes ?? []).map((definition) => weightOf(definition)?.weight ?? null);
