import type { EditDocument } from '../../../model/operation.ts';
import type { Control } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import { type Desk, justRefreshed } from './desk.ts';
import {
  askEach,
  type Asked,
  askInTurns,
  goneGuard,
  membersOf,
  sayNames,
  sayOutcomes,
  totalFailure,
} from './instances.ts';
import { type Held, type Memory, planSpread, told } from './memoryPlan.ts';
import { mapSpread, namesIn, type Spread, spreadIn, wantedIn } from './spread.ts';
import { wantedOf } from './values.ts';

/** Writes the same into the memory of every instance of a service, and says of how many it holds. */
export function createMemoryControl(desk: Desk, memory: Memory): Control<EditDocument> {
  const { fleet } = desk;
  const heldBy = async (
    service: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Asked<Held>[]> => {
    const members = await membersOf(fleet, service, [...names, ...justRefreshed(desk, service)], signal);
    return await askEach(fleet, members, (actuator, member) => memory.read(actuator, member, signal), signal);
  };

  return {
    async plan(operation, signal) {
      const wanted = wantedOf(operation, memory.what);
      const service = operation.document.name;
      const held = await heldBy(service, [], signal);
      const refusal = [...wanted]
        .map(([key, value]) => memory.refusal(key, value, held))
        .find((why) => why !== null);
      if (refusal !== undefined) throw new PeerError('refused', refusal);
      const names = told(held).map(({ name }) => name);
      const after: Spread = Object.fromEntries(
        [...wanted].map(([key, value]) => [key, Object.fromEntries(names.map((name) => [name, value]))]),
      );
      const planned = planSpread(desk, memory, service, held, after);
      const isNew = operation.revision === memory.revisionOf(held);
      return {
        ...planned,
        guards: [
          ...planned.guards,
          isNew
            ? guardOf('changed', 'pass', 'Nothing changed since you looked')
            : guardOf(
                'changed',
                'tick',
                'Something of it changed since you looked',
                'Compare what is there now.',
              ),
        ],
      };
    },
    async planUndo(_operation, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const before = spreadIn(change.before);
      const held = await heldBy(change.document.name, namesIn(before), signal);
      const names = new Set(told(held).map(({ name }) => name));
      const back = mapSpread(before, (_key, name, value) => (names.has(name) ? value : undefined));
      const gone = namesIn(before).filter((name) => !names.has(name));
      const planned = planSpread(desk, memory, change.document.name, held, back);
      return gone.length === 0 ? planned : { ...planned, guards: [...planned.guards, goneGuard(gone)] };
    },
    async apply({ changes }, signal) {
      const [change] = changes;
      if (
        change === undefined ||
        changes.length !== 1 ||
        change.document.connectionId !== fleet.host.connectionId
      )
        throw new PeerError(
          'refused',
          'This change was planned on another connection; nothing is written here.',
        );
      const [before, after] = [spreadIn(change.before), spreadIn(change.after)];
      const held = await heldBy(change.document.name, namesIn(after), signal);
      const moved = told(held).filter(({ name, held: { own } }) =>
        Object.entries(before).some(([key, by]) => name in by && (own.get(key) ?? null) !== by[name]),
      );
      if (moved.length > 0)
        throw new PeerError(
          'conflict',
          `Somebody changed it in ${sayNames(moved.map(({ name }) => name))} meanwhile. Nothing was written. Review it again.`,
        );
      const members = held.map(({ member }) => member);
      const outcomes = await askInTurns(
        fleet,
        members.filter(({ instance }) => Object.keys(wantedIn(after, instance.name)).length > 0),
        async (actuator, { instance }) => {
          const { name, service } = instance;
          await memory.write(actuator, new Map(Object.entries(wantedIn(after, name))), signal);
          if (memory.refreshes) desk.refreshed.set(name, { at: fleet.host.clock.now(), service, keys: [] });
        },
        signal,
      );
      const failure = totalFailure(outcomes);
      if (failure !== null) throw failure;
      const away = namesIn(after).filter((name) => !held.some((one) => one.name === name));
      const also = away.length === 0 ? '' : `; ${sayNames(away)} not registered now`;
      return {
        acceptedAt: fleet.host.clock.now(),
        takenBy: `${outcomes.filter(({ error }) => error === null).length} of ${outcomes.length} instances`,
        revisions: [{ document: change.document, revision: `${sayOutcomes(outcomes)}${also}` }],
      };
    },
    async verify(change, signal) {
      const held = await heldBy(change.document.name, [], signal);
      const all = told(held);
      if (all.length === 0)
        throw new PeerError(
          'unreachable',
          `No instance of ${change.document.name} can be asked: ${sayOutcomes(held)}.`,
        );
      const countOf = (spread: Spread): number =>
        all.filter(({ name, held: { own } }) =>
          Object.entries(spread).every(([key, by]) => !(name in by) || (own.get(key) ?? null) === by[name]),
        ).length;
      const there = countOf(spreadIn(change.after));
      // Where some have it the write was made; that an instance lost it by a restart is told by the count.
      const state = there > 0 ? 'after' : countOf(spreadIn(change.before)) === all.length ? 'before' : 'else';
      return {
        state,
        revision: `${there} of ${held.length} instances`,
        detail: `${there} of ${held.length} instances have it.`,
        changedBy: null,
      };
    },
  };
}
