import { createHolding, type Holder, type Holding } from '../../kit/holding.ts';
import { having } from '../callees.ts';
import type { Fleet, Member } from '../fleet.ts';
import { setIn } from './setIn.ts';
import type { Wanted } from './wanted.ts';
import { isForced } from './words.ts';

type Place = Pick<Wanted, 'service' | 'breaker' | 'held'>;

/** A breaker that this Podium holds in every instance until its time is over. */
export interface HeldTarget extends Wanted {
  readonly held: Holder;
  readonly namespace: string;
}

export type BreakerHolding = Holding<Place, HeldTarget, Member>;

const breakerIn = (member: Member, name: string) => member.breakers?.get(name) ?? null;

/** What is held by this session. Actuators carry no marker, so it lives here and in the journal. */
export function holdBreakers(fleet: Fleet): BreakerHolding {
  const { clock } = fleet.host;
  const holding = createHolding<Place, HeldTarget, Member>(
    {
      keyOf: ({ service, breaker }) => JSON.stringify([service, breaker]),
      operationOf: ({ held }) => held?.operationId ?? null,
      untilOf: ({ held }) => held.until,
      now: clock.now,
      members: ({ service }) => fleet.of(service),
      lifeOf: ({ instance, readAt }) => ({
        uid: instance.uid,
        life: instance.registration,
        readAt: readAt ?? 0,
      }),
      shows: (member, { breaker, state }) => {
        const found = breakerIn(member, breaker);
        return found && found.state === state;
      },
      carries: (member, { breaker }) => {
        const found = having([member], breaker)[0]?.breaker;
        if (found === undefined) return member.breakers === null ? null : false;
        return isForced(found.state);
      },
      set: (member, { breaker, state }, signal) => setIn(fleet, member, breaker, state, signal),
      unset: (member, { breaker }, signal) => setIn(fleet, member, breaker, 'CLOSED', signal),
      nameOf: ({ instance }, { service, breaker }) => ({ service, breaker, instance: instance.name }),
      marked: false,
    },
    fleet.host,
  );
  fleet.afterRound.add(holding.goOn);
  return holding;
}
