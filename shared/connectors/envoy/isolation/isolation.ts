import type { Change } from '../../../model/change.ts';
import type { CallTarget, HeldTrip, TripOption } from '../../../model/trip.ts';
import { anySignal } from '../../kit/anySignal.ts';
import type { IsolationControl, ReadBack } from '../../kit/control.ts';
import { changeEach, maybeDone, sayDone, throwIfNone } from '../../kit/fanOut.ts';
import { followRounds } from '../../kit/followChanges.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import type { Member, ProxyFleet } from './fleet.ts';
import { callersIn, endIn, holdStops, isCaller, isStopped, type Stop, stopIn } from './holding.ts';
import { hindranceOf, planEnd, planTrip } from './plan.ts';
import { markerFor, markersIn } from './runtime.ts';
import { readWanted, refOf, type Wanted, writeWanted } from './wanted.ts';

const settleMs = 100;
/** A dialog waits for it. */
const optionsMs = 5_000;
const prefix = 'envoy ';

const tripIdOf = ({ operationId, host }: Stop): string => `${prefix}${operationId} ${host}`;

/** Trips in the memory of the callers' proxies, held while they come and go; for where a proxy takes what is set while it runs. */
export function createIsolation(fleet: ProxyFleet): IsolationControl {
  const { host } = fleet;
  const holding = holdStops(fleet);

  /** What proxies tell of trips, whoever made them, and what this session holds and no proxy tells now. */
  function stops(): readonly Stop[] {
    const told = fleet.members().flatMap(({ runtime }) => (runtime === null ? [] : markersIn(runtime)));
    const all = new Map(
      [...told.map(({ was: _, ...stop }): Stop => stop), ...holding.all()].map((one) => [tripIdOf(one), one]),
    );
    return [...all.values()].sort((a, b) => tripIdOf(a).localeCompare(tripIdOf(b), 'en'));
  }

  return {
    takes: (operation) =>
      (operation.kind === 'trip' && operation.mechanism.kind === 'runtime') ||
      (operation.kind === 'endTrip' && operation.tripId.startsWith(prefix)),

    options: async (call, signal) => [await optionFor(fleet, call, signal)],

    plan(operation, signal) {
      switch (operation.kind) {
        case 'trip':
          if (operation.mechanism.kind !== 'runtime')
            throw new PeerError('refused', 'Envoy’s admin endpoint can only have a proxy refuse calls.');
          return planTrip(fleet, operation, signal);
        case 'endTrip': {
          const stop = stops().find((one) => tripIdOf(one) === operation.tripId);
          if (stop === undefined) throw new PeerError('refused', 'No proxy holds this trip any more.');
          return planEnd(fleet, stop, signal);
        }
        case 'setFallback':
          throw new PeerError('refused', 'A proxy’s memory takes no fallback; its control plane does.');
      }
    },

    planUndo(operation, [change], signal) {
      if (operation.kind !== 'trip' || change === undefined)
        throw new PeerError(
          'refused',
          'A trip that was ended is not brought back by an undo. Trip the call again.',
        );
      return planEnd(fleet, readWanted(change.after).stop, signal);
    },

    stamp(write, { operationId, by, reason, at, until }) {
      const changes = write.changes.map((change) => {
        const wanted = readWanted(change.after);
        if (!wanted.stopped) return change;
        const stop: Stop = {
          ...wanted.stop,
          operationId,
          by: by.slice(0, 500),
          reason: reason.slice(0, 2_000),
          since: at,
          until: until ?? wanted.stop.until,
        };
        return { ...change, after: writeWanted({ ...wanted, stop }) };
      });
      return { ...write, changes };
    },

    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'The proxies of one call are set at a time.');
      refuseElsewhere(fleet, change);
      const { stopped, stop, proxies } = readWanted(change.after);
      const isConcerned = (one: Member): boolean => proxies.includes(one.uid) || isCaller(one, stop);
      const members = (await fleet.look(signal, isConcerned)).filter(({ uid }) => proxies.includes(uid));
      const outcomes = await changeEach(
        members,
        ({ name, api, problem }) => (api === null ? `${name}: ${problem ?? 'it cannot be asked'}` : null),
        (member) => (stopped ? stopIn(member, stop, signal) : endIn(member, stop, signal)),
      );
      if (outcomes.length === 0)
        throw new PeerError('refused', 'None of the proxies that were planned for is there any more.');
      if (!stopped) holding.end(stop, outcomes);
      else if (maybeDone(outcomes)) holding.begin(stop, outcomes);
      throwIfNone(outcomes);
      await fleet.look(signal, isConcerned).catch(() => undefined);
      fleet.wake();
      const takenBy = sayDone(outcomes, 'proxies');
      return {
        acceptedAt: host.clock.now(),
        takenBy,
        revisions: [{ document: change.document, revision: takenBy }],
      };
    },

    async verify(change, signal) {
      refuseElsewhere(fleet, change);
      const wanted = readWanted(change.after);
      const members = await fleet.look(signal, (one) => isCaller(one, wanted.stop));
      const read = readBack(wanted, members);
      if (read.state === 'after' && wanted.stopped) {
        holding.adopt(wanted.stop, callersIn(members, wanted.stop));
        fleet.wake();
      }
      return read;
    },

    watch(signal, onState) {
      onState({ ok: true, at: host.clock.now() });
      return followRounds(
        fleet.changed,
        { settleMs, read: () => stops().map((stop) => heldOf(fleet, stop)), content: (trips) => trips },
        host.clock,
        signal,
      );
    },

    serverNow: () => host.clock.now(),
    fallbacks: () => new Map(),
  };
}

async function optionFor(fleet: ProxyFleet, call: CallTarget, signal: AbortSignal): Promise<TripOption> {
  const calls = { host: call.host, caller: call.caller };
  const option = {
    mechanism: 'runtime' as const,
    title: 'Refuse in the memory of the running proxies',
    perCaller: true,
  };
  const soon = anySignal([signal, AbortSignal.timeout(optionsMs)]);
  try {
    const members = await fleet.look(soon, (one) => isCaller(one, calls));
    const count = callersIn(members, calls).length;
    return {
      ...option,
      effect: `The proxies of ${call.caller?.name ?? 'all callers'} answer 503 at once (${count} of them), by a limit of 0 that is set while they run. It lives in the memory of each single proxy: one that restarts has lost it until Podium sets it again. For where documents cannot be written.`,
      unavailable: hindranceOf(members, calls),
    };
  } catch (error) {
    signal.throwIfAborted();
    return {
      ...option,
      effect: 'The callers’ proxies answer 503 at once, by a limit in their memory.',
      unavailable: soon.aborted
        ? 'The proxies could not be asked within 5 s.'
        : sayError(error, 'Asking the proxies'),
    };
  }
}

function refuseElsewhere({ host }: ProxyFleet, { document }: Change): void {
  if (document.connectionId !== host.connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
}

/** Throws while it cannot be told: a proxy that does not answer may be either. */
function readBack(wanted: Wanted, members: readonly Member[]): ReadBack {
  const { stop, stopped } = wanted;
  const { words, there, left, unread } = sayHolding(members, stop);
  const told = { revision: words, detail: words, changedBy: null };
  if (stopped && there > 0) return { ...told, state: 'after' };
  if (unread === 0 && left === 0) return { ...told, state: stopped ? 'before' : 'after' };
  if (!stopped && unread === 0) return { ...told, state: 'before' };
  throw new PeerError('unreachable', `Not every proxy can be read or set: ${words}.`);
}

function sayHolding(members: readonly Member[], stop: Stop) {
  const concerned = callersIn(members, stop);
  const unread = concerned.filter(({ runtime }) => runtime === null);
  const there = concerned.filter(
    ({ runtime, clusters }) => runtime !== null && isStopped(runtime, clusters, stop),
  );
  const left = members.filter(
    ({ runtime }) => runtime !== null && markerFor(runtime, stop.host)?.operationId === stop.operationId,
  );
  const words = [
    `${there.length} of ${concerned.length} proxies refuse every call`,
    ...unread.map(({ name, problem }) => `${name} ${problem ?? 'not read'}`),
  ];
  return {
    there: there.length,
    left: left.length,
    unread: unread.length,
    words: words.join('; ').slice(0, 500),
  };
}

function heldOf(fleet: ProxyFleet, stop: Stop): HeldTrip {
  const { connectionId } = fleet.host;
  return {
    id: tripIdOf(stop),
    connectionId,
    document: refOf(connectionId, stop),
    revision: sayHolding(fleet.members(), stop).words,
    host: stop.host,
    calleeId: null,
    caller: stop.caller,
    mechanism: { kind: 'runtime' },
    until: stop.until,
    since: stop.since,
    by: stop.by,
    reason: stop.reason,
    operationId: stop.operationId,
  };
}
