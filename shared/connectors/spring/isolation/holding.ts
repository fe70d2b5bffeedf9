import { sayError } from '../../kit/peerError.ts';
import { having } from '../callees.ts';
import type { Fleet, Member } from '../fleet.ts';
import { type Outcome, setIn } from './fanOut.ts';
import type { Holder, Wanted } from './wanted.ts';
import { isForced } from './words.ts';

/** A breaker that this Podium holds in every instance until its time is over. */
export interface Held {
  readonly wanted: Wanted & { readonly held: Holder };
  readonly namespace: string;
  /** Instances that were seen in it, by registration: where one is not any more, somebody else ended it there. */
  readonly confirmed: Set<string>;
  /** Why the last try failed, by instance. */
  readonly failing: Map<string, string>;
}

/** What is held by this session. Actuators carry no marker, so it lives here and in the journal. */
export interface Holding {
  all(): readonly Held[];
  find(service: string, breaker: string): Held | null;
  /** Begins to hold; instances that come later get it too. */
  begin(wanted: Held['wanted'], namespace: string, outcomes: readonly Outcome[]): void;
  /** Takes up what an earlier session began; nothing where it is over or was ended here. */
  adopt(wanted: Wanted, namespace: string, members: readonly Member[]): void;
  /** Ends it; where that could not be said to an instance, it is said to it when it answers again. */
  end(service: string, breaker: string, outcomes: readonly Outcome[]): void;
}

export const memberKey = ({ instance }: Member): string => `${instance.uid} ${instance.registration}`;

const tryMs = 10_000;

export function createHolding(fleet: Fleet): Holding {
  const { clock, log } = fleet.host;
  const held = new Map<string, Held>();
  const ended = new Set<string>();
  /** Instances to which the end could not be said: breaker by instance. */
  const owing = new Map<
    string,
    { readonly service: string; readonly breaker: string; readonly keys: Set<string> }
  >();
  const keyOf = (service: string, breaker: string): string => JSON.stringify([service, breaker]);

  /** Newcomers and those that failed are asked again while it is held, and not a moment longer. */
  async function holdOn(): Promise<void> {
    for (const one of held.values()) {
      const { service, breaker, state, held: holder } = one.wanted;
      const have = having(fleet.of(service), breaker);
      const leftIt = have.filter(
        (member) => member.breaker.state !== state && one.confirmed.has(memberKey(member)),
      );
      // Somebody ended it by hand, everywhere: then it is not held any more, for newcomers neither.
      if (leftIt.length > 0 && leftIt.length === fleet.of(service).length) {
        held.delete(keyOf(service, breaker));
        ended.add(holder.operationId);
        continue;
      }
      for (const member of have) {
        const key = memberKey(member);
        if (member.breaker.state === state) {
          one.confirmed.add(key);
          one.failing.delete(member.instance.uid);
        } else if (
          !one.confirmed.has(key) &&
          clock.now() < holder.until &&
          held.get(keyOf(service, breaker)) === one
        ) {
          await setIn(fleet, member, breaker, state, AbortSignal.timeout(tryMs)).then(
            () => {
              one.confirmed.add(key);
              one.failing.delete(member.instance.uid);
              log.info('held a breaker in another instance', {
                service,
                breaker,
                instance: member.instance.name,
              });
            },
            (error: unknown) => one.failing.set(member.instance.uid, sayError(error, 'Setting it')),
          );
        }
      }
    }
    for (const [owed, { service, breaker, keys }] of owing) {
      for (const member of having(fleet.of(service), breaker)) {
        const key = memberKey(member);
        if (!keys.has(key)) continue;
        if (!isForced(member.breaker.state)) keys.delete(key);
        else
          await setIn(fleet, member, breaker, 'CLOSED', AbortSignal.timeout(tryMs)).then(
            () => keys.delete(key),
            () => undefined,
          );
      }
      // One that registered anew is another process, whose breakers begin closed.
      const present = new Set(fleet.of(service).map(memberKey));
      for (const key of keys) if (!present.has(key)) keys.delete(key);
      if (keys.size === 0) owing.delete(owed);
    }
  }
  fleet.afterRound.add(holdOn);

  const start = (wanted: Held['wanted'], namespace: string, confirmed: Iterable<string>): Held => {
    const one: Held = { wanted, namespace, confirmed: new Set(confirmed), failing: new Map() };
    const key = keyOf(wanted.service, wanted.breaker);
    held.set(key, one);
    owing.delete(key);
    return one;
  };

  return {
    all: () => [...held.values()],
    find: (service, breaker) => held.get(keyOf(service, breaker)) ?? null,
    begin(wanted, namespace, outcomes) {
      const good = outcomes.filter(({ error }) => error === null);
      const one = start(
        wanted,
        namespace,
        good.map(({ member }) => memberKey(member)),
      );
      for (const { member, error } of outcomes)
        if (error !== null) one.failing.set(member.instance.uid, error.message);
    },
    adopt(wanted, namespace, members) {
      const { held: holder, service, breaker, state } = wanted;
      if (holder === null || holder.until <= clock.now() || ended.has(holder.operationId)) return;
      if (held.has(keyOf(service, breaker))) return;
      const there = having(members, breaker).filter((member) => member.breaker.state === state);
      start({ ...wanted, held: holder }, namespace, there.map(memberKey));
    },
    end(service, breaker, outcomes) {
      const key = keyOf(service, breaker);
      const one = held.get(key);
      if (one !== undefined) ended.add(one.wanted.held.operationId);
      held.delete(key);
      const failed = outcomes.filter(({ error }) => error !== null && error.kind !== 'notFound');
      if (failed.length > 0)
        owing.set(key, { service, breaker, keys: new Set(failed.map(({ member }) => memberKey(member))) });
    },
  };
}
