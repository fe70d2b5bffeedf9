import type { Change } from '../../../model/change.ts';
import type { HeldTrip, TripOption } from '../../../model/trip.ts';
import { followRounds } from '../../kit/followChanges.ts';
import type { IsolationControl, ReadBack } from '../../kit/control.ts';
import {
  changeEach,
  maybeDone,
  type Outcome,
  receiptOf,
  throwIfNone,
  throwIfUntaken,
  type Written,
} from '../../kit/fanOut.ts';
import { PeerError } from '../../kit/peerError.ts';
import { having } from '../callees.ts';
import type { Fleet, Member } from '../fleet.ts';
import { closeOption } from './close.ts';
import { setIn } from './setIn.ts';
import type { BreakerHolding } from './holding.ts';
import { breakersFor, planEnd, planTrip, refuseElsewhere } from './plan.ts';
import { refuseSilent, silenceOf } from './silence.ts';
import { readBefore, readWanted, refOf, type Wanted, writeWanted } from './wanted.ts';
import { isForced } from './words.ts';

const settleMs = 100;

/** Trips by the callers' own breakers, in each of their instances, held while instances come and go. */
export function createIsolation(fleet: Fleet, holding: BreakerHolding): IsolationControl {
  const { host } = fleet;

  return {
    options(call) {
      const found = breakersFor(fleet, call);
      const [first] = found;
      const name = first?.name ?? '';
      const holders = found.filter((one) => one.name === name);
      const count = holders.reduce((sum, { members }) => sum + members.length, 0);
      const everywhere = `Set in each of ${count} instances, and in those that join.`;
      const forcedOpen: TripOption = {
        mechanism: 'breaker',
        ...(first === undefined ? {} : { breaker: name }),
        title: first === undefined ? 'Force a breaker open' : `Force breaker “${name}” open`,
        effect: `Calls to ${call.host} are refused inside ${holders.map(({ holder }) => holder).join(', ')}, whose own fallback answers; nothing leaves for ${call.host}. ${everywhere}`,
        perCaller: true,
        unavailable:
          first === undefined
            ? `No breaker of ${call.caller?.name ?? 'a caller'} is named after ${call.host}, so nothing says which guards this call.`
            : null,
      };
      if (first === undefined) return Promise.resolve([forcedOpen]);
      const off: TripOption = {
        ...forcedOpen,
        mechanism: 'breakerOff',
        title: `Turn breaker “${name}” off`,
        effect: `Every call to ${call.host} leaves, whatever fails, and none is counted: for a breaker that stops calls which would be served. ${everywhere}`,
      };
      return Promise.resolve([forcedOpen, off, ...closeOption(fleet, holding, call)]);
    },

    plan(operation, signal) {
      switch (operation.kind) {
        case 'trip': {
          const { mechanism } = operation;
          if (mechanism.kind !== 'breaker')
            throw new PeerError(
              'refused',
              'Actuators can only set breakers; a mesh refuses and diverts calls.',
            );
          return planTrip(fleet, holding, { ...operation, mechanism }, signal);
        }
        case 'endTrip': {
          const target = holding.all().find((one) => tripIdOf(one) === operation.tripId);
          if (target === undefined) throw new PeerError('refused', 'This trip is not held here any more.');
          return planEnd(fleet, [{ ...target, before: new Map() }], signal);
        }
        case 'setFallback':
          throw new PeerError(
            'refused',
            'A fallback of Resilience4j’s is code of the caller; it cannot be declared from here.',
          );
      }
    },

    planUndo(operation, changes, signal) {
      if (operation.kind !== 'trip')
        throw new PeerError(
          'refused',
          'A trip that was ended is not brought back by an undo. Trip the call again.',
        );
      const targets = changes.map((change) => ({
        ...readWanted(change.after),
        before: readBefore(change.before),
      }));
      return planEnd(fleet, targets, signal);
    },

    stamp(write, { operationId, by, reason, at, until }) {
      const changes = write.changes.map((change) => {
        const wanted = readWanted(change.after);
        if (wanted.held === null) return change;
        const held = { operationId, by, reason, since: at, until: until ?? wanted.held.until };
        return { ...change, after: writeWanted({ ...wanted, held }) };
      });
      return { ...write, changes };
    },

    async apply({ changes }, signal) {
      for (const change of changes) refuseElsewhere(fleet, change);
      // What forbids any of them is found before the first is sent.
      const ready: Ready[] = [];
      for (const change of changes) ready.push(await getReady(fleet, change, signal));
      const written: Written[] = [];
      for (const one of ready) {
        const outcomes = await applyOne(fleet, holding, one, signal);
        // An end goes on in the others, and is said later to those that could not be told.
        if (one.wanted.held !== null) throwIfUntaken(outcomes, written, host.clock.now());
        written.push({ change: one.change, outcomes });
      }
      throwIfNone(written.flatMap(({ outcomes }) => outcomes));
      return receiptOf(written, host.clock.now());
    },

    async verify(change, signal) {
      refuseElsewhere(fleet, change);
      const wanted = readWanted(change.after);
      const members = await fleet.look(wanted.service, signal);
      const read = readBack(wanted, members);
      const { held } = wanted;
      if (read.state === 'after' && held !== null)
        holding.adopt({ ...wanted, held, namespace: change.document.namespace ?? '' }, members);
      return read;
    },

    async *watch(signal, onState) {
      onState({ ok: true, at: host.clock.now() });
      yield* followRounds(
        fleet.changed,
        { settleMs, read: () => heldTrips(fleet, holding), content: (trips) => trips },
        host.clock,
        signal,
      );
    },

    // Only trips of this machine are told here: actuators carry no marker.
    serverNow: () => host.clock.now(),
    fallbacks: () => new Map(),
  };
}

/** One change, and the instances that it concerns, asked this moment. */
interface Ready {
  readonly change: Change;
  readonly wanted: Wanted;
  readonly concerned: readonly Member[];
}

/** Throws where nothing can be held. */
async function getReady(fleet: Fleet, change: Change, signal: AbortSignal): Promise<Ready> {
  const wanted = readWanted(change.after);
  const { service, breaker, held } = wanted;
  const members = await fleet.look(service, signal);
  const concerned = members.filter(({ breakers }) => breakers === null || breakers.has(breaker));
  if (held !== null && concerned.length === 0)
    throw new PeerError(
      'refused',
      `No instance of ${service} has a breaker “${breaker}” now; nothing was sent.`,
    );
  if (held !== null) refuseSilent(concerned);
  return { change, wanted, concerned };
}

async function applyOne(
  fleet: Fleet,
  holding: BreakerHolding,
  { change, wanted, concerned }: Ready,
  signal: AbortSignal,
): Promise<readonly Outcome<Member>[]> {
  const { breaker, held } = wanted;
  const outcomes = await changeEach(concerned, silenceOf, (member) =>
    setIn(fleet, member, breaker, wanted.except[member.instance.name] ?? wanted.state, signal),
  );
  if (held === null) holding.end(wanted, outcomes);
  else if (maybeDone(outcomes))
    holding.begin({ ...wanted, held, namespace: change.document.namespace ?? '' }, outcomes);
  return outcomes;
}

/** Throws while it cannot be told: an instance that does not answer may be either. */
function readBack(wanted: Wanted, members: readonly Member[]): ReadBack {
  const have = having(members, wanted.breaker);
  const unread = members.filter(({ breakers }) => breakers === null);
  const states = have.map(({ instance, breaker }) => `${instance.name} ${breaker.state}`);
  const silent = unread.map(({ instance, problem }) => `${instance.name} ${problem ?? 'not read'}`);
  const detail = [...states, ...silent].join(', ').slice(0, 500);
  const told = { revision: states.join(', '), detail, changedBy: null };
  const there = have.filter(({ breaker }) => breaker.state === wanted.state);
  if (wanted.held !== null) {
    if (there.length > 0)
      return {
        ...told,
        state: 'after',
        detail: `${there.length} of ${have.length + unread.length} instances: ${detail}`,
      };
    if (unread.length === 0) return { ...told, state: 'before' };
  } else {
    const forced = have.filter(
      ({ instance, breaker }) => isForced(breaker.state) && wanted.except[instance.name] === undefined,
    );
    if (unread.length === 0 && forced.length === 0) return { ...told, state: 'after' };
    if (unread.length === 0 && forced.length === have.length) return { ...told, state: 'before' };
  }
  throw new PeerError('unreachable', `Not every instance can be read or set: ${detail}.`);
}

const tripIdOf = ({ service, breaker, held }: Wanted): string =>
  `${held?.operationId ?? ''}@${service}/${breaker}`;

function heldTrips(fleet: Fleet, holding: BreakerHolding): HeldTrip[] {
  const { connectionId } = fleet.host;
  return holding.all().map((wanted): HeldTrip => {
    const { service, breaker, callee, held, state, namespace } = wanted;
    return {
      id: tripIdOf(wanted),
      connectionId,
      document: refOf(connectionId, { namespace, service, breaker }),
      revision: having(fleet.of(service), breaker)
        .map(({ instance, breaker: one }) => `${instance.name} ${one.state}`)
        .join(', '),
      host: callee ?? service,
      calleeId: null,
      caller: { namespace, name: service },
      mechanism: { kind: 'breaker', name: breaker, state: state === 'DISABLED' ? 'disabled' : 'forcedOpen' },
      until: held.until,
      since: held.since,
      by: held.by,
      reason: held.reason,
      operationId: held.operationId,
    };
  });
}
