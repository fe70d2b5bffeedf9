import { z } from 'zod';
import type { ConnectorHost } from './connector.ts';
import type { Outcome } from './fanOut.ts';
import { sayError } from './peerError.ts';

/** Who holds it, and until when. */
export const Holder = z.object({
  operationId: z.string().min(1).max(200),
  by: z.string().max(500),
  reason: z.string().max(2_000),
  since: z.number(),
  until: z.number(),
});
export type Holder = z.infer<typeof Holder>;

/** One run of one instance, and when the newest reading of it began. */
export interface Life {
  readonly uid: string;
  /** Another one where it may have begun anew since, and lost what it had in memory. */
  readonly life: string;
  readonly readAt: number;
}

/** How one thing is held in instances of one kind: `Place` is where it is held, `Target` what is held there. */
export interface HoldRules<Place, Target extends Place, Member> {
  /** Of what is held once only: a later one takes its place. */
  keyOf(place: Place): string;
  /** Which operation holds it; null where that is not known. */
  operationOf(place: Place): string | null;
  untilOf(target: Target): number;
  /** By the clock that `untilOf` is told by. */
  now(): number;
  /** All that it concerns, as last read. */
  members(place: Place): readonly Member[];
  lifeOf(member: Member): Life;
  /** Whether it is in force there whole; null where nobody can tell, or it cannot be set. */
  shows(member: Member, target: Target): boolean | null;
  /** Whether anything of it is still there; null where nobody can tell. */
  carries(member: Member, place: Place): boolean | null;
  set(member: Member, target: Target, signal: AbortSignal): Promise<unknown>;
  unset(member: Member, place: Place, signal: AbortSignal): Promise<unknown>;
  /** What tells log lines apart. */
  nameOf(member: Member, place: Place): Readonly<Record<string, string>>;
  /**
   * Whether what an instance shows tells which operation it is of: then an end is said to whoever still shows it, and else to
   * those alone that could not be told at the time.
   */
  readonly marked: boolean;
}

/** What this session holds in every instance, while they come and go, and ends in every one of them. */
export interface Holding<Place, Target extends Place, Member> {
  all(): readonly Target[];
  find(place: Place): Target | null;
  /** Begins to hold; instances that come later get it too. */
  begin(target: Target, outcomes: readonly Outcome<Member>[]): void;
  /** Takes up what an earlier session began; nothing where it is over or was ended here. */
  adopt(target: Target, members: readonly Member[]): void;
  /** Ends it; an instance that cannot be told so now is told when it answers again. */
  end(place: Place, outcomes: readonly Outcome<Member>[]): void;
  /** To be called after each reading: sets newcomers and those that failed, and goes on ending. */
  goOn(): Promise<void>;
}

const tryMs = 10_000;

interface Held<Target> {
  readonly target: Target;
  /** Instances that had it, by uid: in which of their lives, and when. */
  readonly confirmed: Map<string, { readonly life: string; readonly at: number }>;
}

interface Ended<Place> {
  readonly place: Place;
  /** The lives that were not told yet. */
  readonly owed: Set<string>;
}

export function createHolding<Place, Target extends Place, Member>(
  rules: HoldRules<Place, Target, Member>,
  { clock, log }: Pick<ConnectorHost, 'clock' | 'log'>,
): Holding<Place, Target, Member> {
  const held = new Map<string, Held<Target>>();
  const ended = new Map<string, Ended<Place>>();
  const endOf = (place: Place): string => JSON.stringify([rules.keyOf(place), rules.operationOf(place)]);
  const lifeKey = (member: Member): string => {
    const { uid, life } = rules.lifeOf(member);
    return `${uid} ${life}`;
  };

  const livesIn = (member: Member, { confirmed }: Held<Target>): { readonly at: number } | null => {
    const { uid, life } = rules.lifeOf(member);
    const had = confirmed.get(uid);
    return had?.life === life ? had : null;
  };
  /** Whether it was taken out of this very process: one that began anew since has lost it by itself. */
  const wasTakenOut = (member: Member, one: Held<Target>): boolean => {
    const had = livesIn(member, one);
    return had !== null && rules.lifeOf(member).readAt > had.at && rules.shows(member, one.target) === false;
  };

  async function holdOn(one: Held<Target>): Promise<void> {
    const { target, confirmed } = one;
    const members = rules.members(target);
    for (const member of members) {
      const { uid, life, readAt } = rules.lifeOf(member);
      if (rules.shows(member, target) === true) confirmed.set(uid, { life, at: readAt });
    }
    const had = members.filter((member) => livesIn(member, one) !== null);
    // Somebody took it out of all that had it: then it is not held any more, for newcomers neither.
    if (had.length > 0 && had.every((member) => wasTakenOut(member, one))) {
      held.delete(rules.keyOf(target));
      ended.set(endOf(target), { place: target, owed: new Set() });
      return;
    }
    for (const member of members) {
      if (rules.shows(member, target) !== false || wasTakenOut(member, one)) continue;
      if (rules.now() >= rules.untilOf(target) || held.get(rules.keyOf(target)) !== one) return;
      await rules.set(member, target, AbortSignal.timeout(tryMs)).then(
        () => {
          const { uid, life } = rules.lifeOf(member);
          confirmed.set(uid, { life, at: clock.now() });
          log.info('held it in another instance', rules.nameOf(member, target));
        },
        (error: unknown) =>
          log.warn('an instance could not be told to hold it', {
            ...rules.nameOf(member, target),
            why: sayError(error, 'Setting it'),
          }),
      );
    }
  }

  async function goOnEnding({ place, owed }: Ended<Place>): Promise<void> {
    const members = rules.members(place);
    for (const member of members) {
      const key = lifeKey(member);
      if (!rules.marked && !owed.has(key)) continue;
      const carries = rules.carries(member, place);
      if (carries === null) continue;
      if (!carries) owed.delete(key);
      else
        await rules.unset(member, place, AbortSignal.timeout(tryMs)).then(
          () => owed.delete(key),
          (error: unknown) =>
            log.warn('an instance could not be told to end it', {
              ...rules.nameOf(member, place),
              why: sayError(error, 'Ending it'),
            }),
        );
    }
    // One that began anew is another process, which knows nothing of it.
    const present = new Set(members.map(lifeKey));
    for (const key of owed) if (!present.has(key)) owed.delete(key);
  }

  function start(target: Target): Held<Target> {
    const one: Held<Target> = { target, confirmed: new Map() };
    const key = rules.keyOf(target);
    held.set(key, one);
    ended.delete(endOf(target));
    for (const { place, owed } of ended.values()) if (rules.keyOf(place) === key) owed.clear();
    return one;
  }

  return {
    all: () => [...held.values()].map(({ target }) => target),
    find: (place) => held.get(rules.keyOf(place))?.target ?? null,
    begin(target, outcomes) {
      const { confirmed } = start(target);
      for (const { member, error } of outcomes) {
        const { uid, life } = rules.lifeOf(member);
        if (error === null) confirmed.set(uid, { life, at: clock.now() });
      }
    },
    adopt(target, members) {
      if (rules.untilOf(target) <= rules.now() || ended.has(endOf(target))) return;
      if (held.has(rules.keyOf(target))) return;
      const { confirmed } = start(target);
      for (const member of members) {
        const { uid, life, readAt } = rules.lifeOf(member);
        if (rules.shows(member, target) === true) confirmed.set(uid, { life, at: readAt });
      }
    },
    end(place, outcomes) {
      const was = held.get(rules.keyOf(place))?.target ?? place;
      held.delete(rules.keyOf(place));
      const untold = outcomes.filter(({ error }) => error !== null && error.kind !== 'notFound');
      ended.set(endOf(was), { place: was, owed: new Set(untold.map(({ member }) => lifeKey(member))) });
    },
    async goOn() {
      for (const one of held.values()) await holdOn(one);
      for (const one of ended.values()) if (!held.has(rules.keyOf(one.place))) await goOnEnding(one);
    },
  };
}
