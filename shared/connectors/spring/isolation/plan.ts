import type { Change, Guard } from '../../../model/change.ts';
import type { Trip } from '../../../model/operation.ts';
import type { CallTarget } from '../../../model/trip.ts';
import type { PlannedWrite } from '../../kit/control.ts';
import { quoted, sayTime } from '../../kit/words.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { BreakerState } from '../breakers.ts';
import { breakersOf, type HeldBreaker, having, sayStates } from '../callees.ts';
import { refuseExpressions } from '../expressions.ts';
import type { Fleet, Member } from '../fleet.ts';
import type { BreakerHolding } from './holding.ts';
import { refOf, type Wanted, writeBefore, writeWanted } from './wanted.ts';
import { type BreakerTrip, isForced, stateOf, verbFor } from './words.ts';

/** Breakers that guard a call: of its caller, or of every caller. */
export const breakersFor = (fleet: Fleet, { host, caller }: CallTarget): HeldBreaker[] =>
  breakersOf(fleet).filter((one) => one.callee === host && (caller === null || caller.name === one.holder));

/** The services whose breaker of this name guards a call, each asked this moment. Throws where no instance has it. */
export async function lookAtHolders(
  fleet: Fleet,
  call: CallTarget,
  name: string,
  signal: AbortSignal,
): Promise<readonly { readonly service: string; readonly members: readonly Member[] }[]> {
  const holders =
    call.caller === null
      ? breakersOf(fleet)
          .filter((one) => one.name === name && one.callee === call.host)
          .map(({ holder }) => holder)
      : [call.caller.name];
  const looks = await Promise.all(
    holders.map(async (service) => ({ service, members: await fleet.look(service, signal) })),
  );
  const found = looks.filter(({ members }) => having(members, name).length > 0);
  if (found.length === 0)
    throw new PeerError(
      'refused',
      `No instance of ${holders.join(', ') || 'any caller'} has a breaker “${name}” now. Podium sends nothing: Resilience4j would make a new breaker of that name.`,
    );
  return found;
}

/** Throws where a change was planned for other instances than these. */
export function refuseElsewhere({ host }: Fleet, { document }: Change): void {
  if (document.connectionId !== host.connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
}

/** What would be done to hold a breaker in every instance of its services. Reads only. */
export async function planTrip(
  fleet: Fleet,
  holding: BreakerHolding,
  operation: Trip & { readonly mechanism: BreakerTrip },
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const { call, mechanism, forSeconds } = operation;
  const { name } = mechanism;
  refuseExpressions(name, 'The name of the breaker');
  const found = await lookAtHolders(fleet, call, name, signal);
  const now = fleet.host.clock.now();
  const state = stateOf(mechanism.state);
  const held = {
    operationId: 'plan',
    by: 'a copied command',
    reason: '',
    since: now,
    until: now + forSeconds * 1000,
  };
  const changes = found.map(({ service, members }) =>
    changeOf(fleet, members, { service, breaker: name, state, callee: call.host, held, except: {} }),
  );
  const verb = mechanism.state === 'forcedOpen' ? 'forced open' : 'let through everything';
  return {
    title: `Trip ${found.map(({ service }) => service).join(', ')} → ${call.host}: breaker ${name} ${verb} for ${sayTime(forSeconds)}`,
    target: `breaker ${name} in every instance of ${found.map(({ service }) => service).join(', ')}`,
    changes,
    guards: [...found.flatMap(({ service, members }) => guardsOf(service, members, name, holding))],
    expectation: {
      kind: 'breakers',
      host: call.host,
      holders: found.map(({ service, members }) => ({
        namespace: members[0]?.instance.namespace ?? '',
        name: service,
      })),
      name,
      state: mechanism.state,
    },
    threeWay: null,
    copies: copiesOf(found, name, state),
    split: null,
    notes: [
      mechanism.state === 'forcedOpen'
        ? `Calls through “${name}” are refused in the caller itself; what it answers then is the fallback in its own code, which no source shows.`
        : `“${name}” lets every call through and counts none, whatever fails.`,
      'It is held in the memory of each instance. Instances that join or restart are set too while Podium runs and is connected, and it ends at its deadline: a breaker that is forced never comes back by itself.',
    ],
    direction: null,
  };
}

/** What would be done to let a breaker decide by itself again. Reads only. */
export async function planEnd(
  fleet: Fleet,
  targets: readonly {
    readonly service: string;
    readonly breaker: string;
    readonly before: ReadonlyMap<string, BreakerState>;
  }[],
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const looks = await Promise.all(
    targets.map(async (target) => ({ ...target, members: await fleet.look(target.service, signal) })),
  );
  const forced = looks.filter(
    ({ members, breaker }) =>
      having(members, breaker).some((one) => isForced(one.breaker.state)) ||
      members.some(({ breakers }) => breakers === null),
  );
  const [first] = forced;
  if (first === undefined)
    throw new PeerError('refused', 'No instance holds this breaker any more: there is nothing to end.');
  const names = forced.map(({ service, breaker }) => `${breaker} in ${service}`);
  const callees = new Map(breakersOf(fleet).map((one) => [`${one.holder} ${one.name}`, one.callee]));
  return {
    title: `End trip of breaker ${names.join(', ')}: it decides by itself again`,
    target: `breaker ${names.join(', ')}, every instance`,
    changes: forced.map(({ service, breaker, members, before }) =>
      changeOf(fleet, members, {
        service,
        breaker,
        state: 'CLOSED',
        callee: callees.get(`${service} ${breaker}`) ?? null,
        held: null,
        except: exceptOf(before),
      }),
    ),
    guards: forced.flatMap(({ service, members }) => unreadGuard(service, members)),
    expectation: {
      kind: 'breakers',
      host: callees.get(`${first.service} ${first.breaker}`) ?? null,
      holders: forced.map(({ service, members }) => ({
        namespace: members[0]?.instance.namespace ?? '',
        name: service,
      })),
      name: first.breaker,
      state: 'closed',
    },
    threeWay: null,
    copies: copiesOf(forced, first.breaker, 'CLOSED'),
    split: null,
    notes: ['CLOSE begins with empty counts, and the breaker may open again by itself at once.'],
    direction: 'neutral',
  };
}

/** What was forced by somebody else before is put back; open and half-open cannot be set, and closed stands for them. */
const exceptOf = (before: ReadonlyMap<string, BreakerState>): Wanted['except'] =>
  Object.fromEntries(
    [...before].flatMap(([name, state]) =>
      state === 'FORCED_OPEN' || state === 'DISABLED' ? [[name, state]] : [],
    ),
  );

function changeOf(fleet: Fleet, members: readonly Member[], wanted: Wanted): Change {
  const states = new Map(
    having(members, wanted.breaker).map(({ instance, breaker }) => [instance.name, breaker.state]),
  );
  const namespace = members[0]?.instance.namespace ?? '';
  return {
    document: refOf(fleet.host.connectionId, { ...wanted, namespace }),
    action: 'patch',
    withheld: false,
    revision: [...states].map(([name, state]) => `${name} ${state}`).join(', '),
    patch: [{ op: 'replace', path: '/state', value: wanted.state }],
    inverse: [{ op: 'replace', path: '/state', value: 'CLOSED' }],
    before: writeBefore(states),
    after: writeWanted(wanted),
  };
}

function guardsOf(
  service: string,
  members: readonly Member[],
  name: string,
  holding: BreakerHolding,
): Guard[] {
  const have = having(members, name);
  const without = members.filter(({ breakers }) => breakers !== null && !breakers.has(name));
  const held = holding.find({ service, breaker: name, held: null });
  const forced = have.filter(({ breaker }) => isForced(breaker.state));
  return [
    {
      id: 'breaker',
      verdict: 'pass',
      title: `${have.length} of ${members.length} instances of ${service} have the breaker “${name}” now`,
      detail: `${sayStates(
        have.map(({ breaker }) => breaker.state),
        have.length,
      )}${without.length === 0 ? '' : `; ${without.map(({ instance }) => instance.name).join(', ')} made none yet and ${without.length === 1 ? 'is' : 'are'} set when it appears there`}`,
    },
    ...unreadGuard(service, members),
    ...(held === null && forced.length === 0
      ? []
      : [
          {
            id: 'held-already',
            verdict: 'tick' as const,
            title: `It is held already${held === null ? ', by somebody unknown' : `, by ${held.held.by}`}`,
            detail:
              forced.map(({ instance, breaker }) => `${instance.name} ${breaker.state}`).join(', ') || null,
          },
        ]),
  ];
}

/** Which of them cannot be asked now. */
export function unreadGuard(service: string, members: readonly Member[]): Guard[] {
  const unread = members.filter(({ breakers }) => breakers === null);
  if (unread.length === 0) return [];
  return [
    {
      id: 'instances',
      verdict: 'tick',
      title: `${unread.length} of ${members.length} instances of ${service} cannot be asked now`,
      detail: unread
        .map(({ instance, problem }) => `${instance.name}: ${problem ?? ''}`)
        .join('; ')
        .slice(0, 500),
    },
  ];
}

/** The same by hand, one request for each instance. */
export function copiesOf(
  found: readonly { readonly members: readonly Member[] }[],
  name: string,
  state: Wanted['state'],
): PlannedWrite['copies'] {
  const body = JSON.stringify({ updateState: verbFor(state) });
  const lines = found
    .flatMap(({ members }) => having(members, name))
    .map(
      ({ instance }) =>
        `curl --fail --request POST --header 'Content-Type: application/json' --data '${body}' ${quoted(`${instance.management}/circuitbreakers/${encodeURIComponent(name)}`)}`,
    );
  return { tool: 'curl', command: lines.join('\n'), curl: lines.join('\n'), patch: body };
}
