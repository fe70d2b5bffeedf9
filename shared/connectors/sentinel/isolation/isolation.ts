import type { Change } from '../../../model/change.ts';
import type { CallTarget, HeldTrip, TripOption } from '../../../model/trip.ts';
import type { IsolationControl, ReadBack } from '../../kit/control.ts';
import { maybeDone, sayDone, throwIfNone } from '../../kit/fanOut.ts';
import { followRounds } from '../../kit/followChanges.ts';
import { PeerError } from '../../kit/peerError.ts';
import { incoming, outgoing, resourcesTo } from '../callees.ts';
import type { Fleet, Member } from '../fleet.ts';
import { resourceOf } from '../rules.ts';
import { changeEachRead, sayOutcomes } from '../writing.ts';
import { heldTrips, tripIdOf } from './held.ts';
import { type Block, type BlockHolding, endBlock, setBlock } from './holding.ts';
import { blockedBy, blockingRule, isOf } from './marker.ts';
import { planEnd, planned, planTrip } from './plan.ts';
import { readBefore, readWanted, type Wanted, writeWanted } from './wanted.ts';

const settleMs = 100;

/** Trips by rules that let none through, in every instance of an application, held while instances come and go. */
export function createIsolation(fleet: Fleet, holding: BlockHolding): IsolationControl {
  const { host } = fleet;

  return {
    options: (call) => Promise.resolve([optionFor(fleet, call)]),

    plan(operation, signal) {
      switch (operation.kind) {
        case 'trip': {
          const { mechanism } = operation;
          if (mechanism.kind !== 'block')
            throw new PeerError('refused', 'Sentinel can only block calls by rules inside an application.');
          return planTrip(fleet, { ...operation, mechanism }, signal);
        }
        case 'endTrip': {
          const block = heldTrips(fleet, holding).find((one) => tripIdOf(one) === operation.tripId);
          if (block === undefined) throw new PeerError('refused', 'This trip is not held here any more.');
          return planEnd(fleet, { block, before: [] }, signal);
        }
        case 'setFallback':
          throw new PeerError(
            'refused',
            'What answers a blocked call is code of the application; it cannot be declared from here.',
          );
      }
    },

    planUndo(operation, [change], signal) {
      if (operation.kind !== 'trip' || change === undefined)
        throw new PeerError(
          'refused',
          'A trip that was ended is not brought back by an undo. Trip the call again.',
        );
      return planEnd(fleet, { block: readWanted(change.after), before: readBefore(change.before) }, signal);
    },

    stamp(write, { operationId, by, reason, at, until }) {
      const changes = write.changes.map((change) => {
        const wanted = readWanted(change.after);
        if (!wanted.blocked) return change;
        const marker = {
          ...wanted.marker,
          operationId,
          by: by.slice(0, 500),
          reason: reason.slice(0, 2_000),
          since: at + fleet.aheadMs(),
          until: until === null ? wanted.marker.until : until + fleet.aheadMs(),
        };
        const sets = wanted.sets.map((set) => ({
          ...set,
          rules: set.rules.map((rule) =>
            isOf(rule, planned) ? blockingRule(resourceOf(rule), marker) : rule,
          ),
        }));
        return { ...change, after: writeWanted({ ...wanted, marker, sets }) };
      });
      return { ...write, changes };
    },

    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'The rules of one application are changed at a time.');
      refuseElsewhere(fleet, change);
      const wanted = readWanted(change.after);
      const { application, blocked, marker } = wanted;
      const members = await fleet.look(application, signal);
      const outcomes = await changeEachRead(members, (member) =>
        blocked
          ? setBlock(fleet, member, wanted, signal)
          : endBlock(fleet, member, marker.operationId, signal),
      );
      if (!blocked) holding.end(wanted, outcomes);
      else if (maybeDone(outcomes)) holding.begin(wanted, outcomes);
      throwIfNone(outcomes);
      await fleet.look(application, signal).catch(() => undefined);
      return {
        acceptedAt: host.clock.now(),
        takenBy: sayDone(outcomes),
        revisions: [{ document: change.document, revision: sayOutcomes(outcomes) }],
      };
    },

    async verify(change, signal) {
      refuseElsewhere(fleet, change);
      const wanted = readWanted(change.after);
      const members = await fleet.look(wanted.application, signal);
      const read = readBack(wanted, members);
      if (read.state === 'after' && wanted.blocked) holding.adopt(wanted, members);
      return read;
    },

    async *watch(signal, onState) {
      onState({ ok: true, at: host.clock.now() });
      yield* followRounds(
        fleet.changed,
        { settleMs, read: () => heldTrips(fleet, holding).map(tripFor), content: (trips) => trips },
        host.clock,
        signal,
      );
    },

    serverNow: () => (fleet.knowsTime() ? fleet.now() : null),
    fallbacks: () => new Map(),
  };

  function tripFor(block: Block): HeldTrip {
    return {
      id: tripIdOf(block),
      connectionId: host.connectionId,
      document: {
        connectionId: host.connectionId,
        apiVersion: 'sentinel',
        kind: 'FlowRules',
        namespace: null,
        name: block.application,
        uid: `${block.application}/flow`,
      },
      revision: sayHaving(fleet.of(block.application), block).words,
      host: block.marker.host,
      calleeId: null,
      caller: block.marker.caller === null ? null : { namespace: null, name: block.marker.caller },
      mechanism: { kind: 'block', application: block.application, resources: block.resources },
      until: block.marker.until,
      since: block.marker.since,
      by: block.marker.by,
      reason: block.marker.reason,
      operationId: block.marker.operationId,
    };
  }
}

/** One caller is stopped in itself, where a resource of its own is named after whom it calls; everybody in the callee. */
function optionFor(fleet: Fleet, { host, caller }: CallTarget): TripOption {
  const callers = [
    ...new Set(outgoing(fleet).flatMap((one) => (one.callee === host ? one.application : []))),
  ];
  const application = caller?.name ?? (fleet.of(host).length > 0 ? host : (callers[0] ?? null));
  const members = application === null ? [] : fleet.of(application);
  const resources = application === host ? incoming(members) : resourcesTo(members, host);
  const names =
    resources.slice(0, 5).join(', ') + (resources.length > 5 ? ` and ${resources.length - 5} more` : '');
  const option = {
    mechanism: 'block' as const,
    title: application === null ? 'Block it by a rule' : `Block ${names || 'it'} in ${application}`,
    effect: `A flow rule lets none through: Sentinel refuses at once inside ${application ?? ''}, in each of ${members.length} instances and in those that join, and its code says what callers get.`,
    perCaller: caller !== null,
  };
  const because = ((): string | null => {
    if (application === null)
      return `Neither ${host} nor a caller of it is an application of this connection.`;
    if (members.length === 0) return `${application} is no application of this connection.`;
    if (caller === null && application !== host && callers.length > 1)
      return `${callers.join(', ')} call ${host}, and each is blocked on its own: choose one caller.`;
    if (resources.length > 0) return null;
    return application === host
      ? `No instance of ${host} was called yet, so nobody knows its resources.`
      : `No resource of ${application} is named after ${host}, so nothing says which one calls it.`;
  })();
  if (because !== null || application === null) return { ...option, unavailable: because };
  return { ...option, blocked: { application, resources: resources.slice(0, 100) }, unavailable: null };
}

function refuseElsewhere({ host }: Fleet, { document }: Change): void {
  if (document.connectionId !== host.connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
}

/** Throws while it cannot be told: an instance that does not answer may be either. */
function readBack(wanted: Wanted, members: readonly Member[]): ReadBack {
  const { there, read, unread, words } = sayHaving(members, wanted);
  const told = { revision: words, detail: words, changedBy: null };
  if (wanted.blocked && there.length > 0) return { ...told, state: 'after' };
  const left = read.filter(
    ({ rules }) => rules?.flow?.some((rule) => isOf(rule, wanted.marker.operationId)) === true,
  );
  if (unread.length === 0 && left.length === 0)
    return { ...told, state: wanted.blocked ? 'before' : 'after' };
  if (!wanted.blocked && unread.length === 0) return { ...told, state: 'before' };
  throw new PeerError('unreachable', `Not every instance can be read or set: ${words}.`);
}

function sayHaving(members: readonly Member[], { resources, marker }: Block) {
  const read = members.filter(({ rules }) => rules !== null);
  const unread = members.filter(({ rules }) => rules === null);
  const there = read.filter(({ rules }) => {
    const blocked = blockedBy(rules?.flow ?? [], marker.operationId);
    return resources.every((resource) => blocked.has(resource));
  });
  const loose = there.filter(({ memoryOnlyAt }) => memoryOnlyAt !== null).map(({ name }) => name);
  const words = [
    `${there.length} of ${members.length} instances have the rule`,
    ...unread.map(({ name, problem }) => `${name} ${problem ?? 'not read'}`),
    ...(loose.length === 0
      ? []
      : [`in memory alone in ${loose.join(', ')}: the data source did not take it`]),
  ];
  return { read, unread, there, words: words.join('; ').slice(0, 500) };
}
