import { stringify } from 'yaml';
import type { Change, Guard } from '../../../model/change.ts';
import type { CloseBreaker } from '../../../model/operation.ts';
import type { CallTarget, TripOption } from '../../../model/trip.ts';
import type { Control, ReadBack } from '../../kit/control.ts';
import { changeEach, receiptOf, throwIfUntaken, type Written } from '../../kit/fanOut.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { BreakerState } from '../breakers.ts';
import { type HeldBreaker, having, sayStates } from '../callees.ts';
import { refuseExpressions } from '../expressions.ts';
import type { Fleet, Member } from '../fleet.ts';
import type { BreakerHolding } from './holding.ts';
import { breakersFor, copiesOf, lookAtHolders, refuseElsewhere, unreadGuard } from './plan.ts';
import { setIn } from './setIn.ts';
import { refuseSilent, silenceOf } from './silence.ts';
import { type Closed, closedIn, readBefore, refOf, writeBefore } from './wanted.ts';
import { isForced } from './words.ts';

type Seen = HeldBreaker['members'][number];

const gone = 'is not there any more';

/** Metrics-only lets every call through already. */
const isShut = (state: BreakerState): boolean => state !== 'CLOSED' && state !== 'METRICS_ONLY';

/** Offered where a breaker of the call does not let calls through as it should, and no trip of ours holds it. */
export function closeOption(fleet: Fleet, holding: BreakerHolding, call: CallTarget): TripOption[] {
  const found = breakersFor(fleet, call).find(
    ({ name, holder, members }) =>
      holding.find({ service: holder, breaker: name, held: null }) === null &&
      members.some(({ breaker }) => isShut(breaker.state)),
  );
  if (found === undefined) return [];
  const { name, members } = found;
  const states = sayStates(
    members.map(({ breaker }) => breaker.state),
    members.length,
  );
  return [
    {
      mechanism: 'closeBreaker',
      breaker: name,
      title: `Close breaker “${name}”`,
      effect: `It is ${states}. Closed, calls to ${call.host} leave again and are counted anew, in each instance where it is not; where they still fail it opens by itself. Nothing holds it closed.`,
      perCaller: true,
      unavailable: null,
    },
  ];
}

/** Closes breakers that opened by themselves, or that somebody forced who is gone: once, in every instance that needs it. */
export function createCloseControl(fleet: Fleet, holding: BreakerHolding): Control<CloseBreaker> {
  return {
    async plan({ call, breaker: name }, signal) {
      refuseExpressions(name, 'The name of the breaker');
      const found = await lookAtHolders(fleet, call, name, signal);
      const held = found.find(({ service }) => holding.find({ service, breaker: name, held: null }) !== null);
      if (held !== undefined)
        throw new PeerError('refused', `A trip holds “${name}” in ${held.service}. End that trip instead.`);
      const shut = found.filter(({ members }) => shutIn(members, name).length > 0);
      if (shut.length === 0)
        throw new PeerError(
          'refused',
          `No instance of ${found.map(({ service }) => service).join(', ')} has “${name}” open now: there is nothing to close.`,
        );
      const who = shut.map(({ service }) => service).join(', ');
      const members = shut.flatMap((one) => shutIn(one.members, name));
      return {
        title: `Close breaker ${name} of ${who} → ${call.host}`,
        target: `breaker ${name} in ${members.map(({ instance }) => instance.name).join(', ')}`,
        changes: shut.map((one) => changeOf(fleet, one.members, one.service, name)),
        guards: shut.flatMap((one) => guardsOf(one.service, one.members, name)),
        expectation: {
          kind: 'breakers',
          host: call.host,
          holders: shut.map((one) => ({
            namespace: one.members[0]?.instance.namespace ?? '',
            name: one.service,
          })),
          name,
          state: 'closedNow',
        },
        threeWay: null,
        copies: copiesOf([{ members }], name, 'CLOSED'),
        split: null,
        notes: [
          `${sayWhy(members)}CLOSE begins with empty counts: calls to ${call.host} leave again at once, and the breaker opens by itself where they still fail.`,
          'It is done once and held by nobody: an instance whose breaker opens later is not closed again, and there is no way back but a trip.',
        ],
        direction: 'neutral',
      };
    },

    planUndo: () =>
      Promise.reject(
        new PeerError(
          'refused',
          'A breaker that was closed is not opened by an undo. Trip the call to stop it.',
        ),
      ),

    async apply({ changes }, signal) {
      for (const change of changes) refuseElsewhere(fleet, change);
      // What forbids any of them is found before the first is sent.
      const ready: { readonly change: Change; readonly members: readonly Member[] }[] = [];
      for (const change of changes)
        ready.push({ change, members: await lookAtNamed(fleet, holding, closedIn(change), signal) });
      const written: Written[] = [];
      for (const { change, members } of ready) {
        const { breaker, instances } = closedIn(change);
        const outcomes = await changeEach(
          instances.map((name) => ({ name, member: members.find(({ instance }) => instance.name === name) })),
          ({ name, member }) => (member === undefined ? `${name} ${gone}` : silenceOf(member)),
          ({ member }) =>
            member === undefined ? Promise.resolve() : setIn(fleet, member, breaker, 'CLOSED', signal),
        );
        throwIfUntaken(outcomes, written, fleet.host.clock.now());
        written.push({ change, outcomes });
      }
      return receiptOf(written, fleet.host.clock.now());
    },

    async verify(change, signal) {
      refuseElsewhere(fleet, change);
      const { service, breaker, instances } = closedIn(change);
      const members = await fleet.look(service, signal);
      return readBack(instances, members, breaker, readBefore(change.before));
    },
  };
}

const shutIn = (members: readonly Member[], name: string): readonly Seen[] =>
  having(members, name).filter(({ breaker }) => isShut(breaker.state));

/** Those alone that the plan named. Throws where nothing can be closed. */
async function lookAtNamed(
  fleet: Fleet,
  holding: BreakerHolding,
  { service, breaker, instances }: Closed,
  signal: AbortSignal,
): Promise<readonly Member[]> {
  if (holding.find({ service, breaker, held: null }) !== null)
    throw new PeerError('conflict', `A trip holds “${breaker}” in ${service} by now. End that trip instead.`);
  const members = await fleet.look(service, signal);
  const named = members.filter(({ instance }) => instances.includes(instance.name));
  if (!named.some(({ breakers }) => breakers === null || breakers.has(breaker)))
    throw new PeerError(
      'refused',
      `No instance that was planned for has “${breaker}” now; nothing was sent.`,
    );
  refuseSilent(named);
  return named;
}

/** Throws while it cannot be told: one that does not answer may be either, and of those that are all gone nothing can be seen. */
function readBack(
  instances: readonly string[],
  members: readonly Member[],
  name: string,
  before: ReadonlyMap<string, BreakerState>,
): ReadBack {
  const named = members.filter(({ instance }) => instances.includes(instance.name));
  const unread = named.filter(({ breakers }) => breakers === null);
  const have = having(named, name);
  const closed = have.filter(({ breaker }) => !isShut(breaker.state));
  const states = have.map(({ instance, breaker }) => `${instance.name} ${breaker.state}`);
  const silent = unread.map(({ instance, problem }) => `${instance.name} ${problem ?? 'not read'}`);
  const without = named.filter(({ breakers }) => breakers?.has(name) === false);
  const missing = [
    ...without.map(({ instance }) => `${instance.name} has none of that name`),
    ...instances
      .filter((one) => !named.some(({ instance }) => instance.name === one))
      .map((one) => `${one} ${gone}`),
  ];
  const words = [...states, ...silent, ...missing].join(', ').slice(0, 400);
  if (have.length === 0 || (unread.length > 0 && closed.length === have.length))
    throw new PeerError('unreachable', `It cannot be read in every instance: ${words}.`);
  const detail = `closed on ${closed.length} of ${instances.length} instances: ${words}`;
  const told = { revision: states.join(', '), detail, changedBy: null };
  if (closed.length === have.length) return { ...told, state: 'after' };
  const isBefore = have.every(({ instance, breaker }) => before.get(instance.name) === breaker.state);
  return { ...told, state: isBefore ? 'before' : 'else' };
}

function changeOf(fleet: Fleet, members: readonly Member[], service: string, breaker: string): Change {
  const states = new Map(
    having(members, breaker).map(({ instance, breaker: one }) => [instance.name, one.state]),
  );
  const namespace = members[0]?.instance.namespace ?? '';
  const closed: Closed = {
    service,
    breaker,
    state: 'CLOSED',
    instances: shutIn(members, breaker).map(({ instance }) => instance.name),
  };
  return {
    document: refOf(fleet.host.connectionId, { service, breaker, namespace }),
    action: 'patch',
    withheld: false,
    revision: [...states].map(([name, state]) => `${name} ${state}`).join(', '),
    patch: [{ op: 'replace', path: '/state', value: 'CLOSED' }],
    inverse: [],
    before: writeBefore(states),
    after: stringify(closed, { lineWidth: 0 }),
  };
}

function guardsOf(service: string, members: readonly Member[], name: string): Guard[] {
  const have = having(members, name);
  const shut = shutIn(members, name);
  const forced = shut.filter(({ breaker }) => isForced(breaker.state));
  return [
    guardOf(
      'breaker',
      'pass',
      `${shut.length} of ${have.length} instances of ${service} have the breaker “${name}” open now`,
      sayStates(
        have.map(({ breaker }) => breaker.state),
        have.length,
      ),
    ),
    ...unreadGuard(service, members),
    ...(forced.length === 0
      ? []
      : [
          guardOf(
            'held-already',
            'tick',
            `Somebody forced it in ${forced.length} of them, and not this Podium`,
            forced.map(({ instance, breaker }) => `${instance.name} ${breaker.state}`).join(', '),
          ),
        ]),
  ];
}

/** Why it opened, as far as the breakers themselves still tell. */
function sayWhy(members: readonly Seen[]): string {
  const ratios = members.flatMap(({ breaker }) => breaker.failureRatio ?? []);
  if (ratios.length === 0) return '';
  return `When it opened, up to ${Math.round(Math.max(...ratios) * 100)} % of its calls had failed. `;
}
