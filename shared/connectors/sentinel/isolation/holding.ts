import { sayError } from '../../kit/peerError.ts';
import type { Fleet } from '../fleet.ts';
import type { Member } from '../member.ts';
import { changeRules, type Outcome } from '../writing.ts';
import { blockedBy, blockingRule, isOf, type Marker, markerOf } from './marker.ts';
import type { Wanted } from './wanted.ts';

export type Block = Pick<Wanted, 'application' | 'resources' | 'marker'>;

/** What this session holds and ends in every instance, while they come and go. */
export interface Holding {
  all(): readonly Block[];
  /** Begins to hold; instances that come later get it too. */
  begin(block: Block, outcomes: readonly Outcome[]): void;
  /** Takes up what an earlier session began; nothing where it is over or was ended here. */
  adopt(block: Block, members: readonly Member[]): void;
  /** Ends it; from an instance that cannot be told so now it is taken when it answers again. */
  end(application: string, operationId: string): void;
}

const tryMs = 10_000;

interface Held {
  readonly block: Block;
  /** Instances that had it: as which of their lives, and when. */
  readonly confirmed: Map<string, { readonly incarnation: number; readonly at: number }>;
}

export function createHolding(fleet: Fleet): Holding {
  const { clock, log } = fleet.host;
  const held = new Map<string, Held>();
  const ended = new Set<string>();
  const keyOf = (application: string, operationId: string): string =>
    JSON.stringify([application, operationId]);
  const keyOfBlock = ({ application, marker }: Block): string => keyOf(application, marker.operationId);
  const hasAll = ({ rules }: Member, { resources, marker }: Block): boolean => {
    const there = blockedBy(rules?.flow ?? [], marker.operationId);
    return resources.every((resource) => there.has(resource));
  };

  /** Whether it was taken out of this very process: what began anew since has lost it by itself. */
  const wasTakenOut = (member: Member, { block, confirmed }: Held): boolean => {
    const had = confirmed.get(member.uid);
    return (
      had !== undefined &&
      had.incarnation === member.incarnation &&
      (member.readAt ?? 0) > had.at &&
      !hasAll(member, block)
    );
  };

  async function holdOn(one: Held): Promise<void> {
    const { block } = one;
    const read = fleet.of(block.application).filter(({ rules }) => rules !== null);
    for (const member of read)
      if (hasAll(member, block))
        one.confirmed.set(member.uid, { incarnation: member.incarnation, at: member.readAt ?? 0 });
    const without = read.filter((member) => wasTakenOut(member, one));
    // Somebody, or a data source that pushed its own rules, took it out everywhere: then it is not held any more.
    if (read.length > 0 && without.length === read.length) {
      held.delete(keyOfBlock(block));
      ended.add(keyOfBlock(block));
      return;
    }
    for (const member of read) {
      if (hasAll(member, block) || without.includes(member)) continue;
      if (fleet.now() >= block.marker.until || held.get(keyOfBlock(block)) !== one) return;
      await setBlock(fleet, member, block, AbortSignal.timeout(tryMs)).then(
        () => {
          one.confirmed.set(member.uid, { incarnation: member.incarnation, at: clock.now() });
          log.info('blocked in another instance', { application: block.application, instance: member.name });
        },
        (error: unknown) =>
          log.warn('an instance could not be told to block', { why: sayError(error, 'Setting it') }),
      );
    }
  }

  async function goOnEnding(): Promise<void> {
    for (const member of fleet.members())
      for (const id of operationsIn(member))
        if (ended.has(keyOf(member.app, id)) && !held.has(keyOf(member.app, id)))
          await endBlock(fleet, member, id, AbortSignal.timeout(tryMs)).catch((error: unknown) =>
            log.warn('an instance could not be told to end', { why: sayError(error, 'Ending it') }),
          );
  }

  fleet.afterRound.add(async () => {
    for (const one of held.values()) await holdOn(one);
    await goOnEnding();
  });
  fleet.inHurry.add(() => held.size > 0);

  const start = (block: Block): Held => {
    const one: Held = { block, confirmed: new Map() };
    held.set(keyOfBlock(block), one);
    ended.delete(keyOfBlock(block));
    return one;
  };

  return {
    all: () => [...held.values()].map(({ block }) => block),
    begin(block, outcomes) {
      const one = start(block);
      for (const { member, error } of outcomes)
        if (error === null)
          one.confirmed.set(member.uid, { incarnation: member.incarnation, at: clock.now() });
    },
    adopt(block, members) {
      const key = keyOfBlock(block);
      if (block.marker.until <= fleet.now() || ended.has(key) || held.has(key)) return;
      const one = start(block);
      for (const member of members)
        if (hasAll(member, block))
          one.confirmed.set(member.uid, { incarnation: member.incarnation, at: member.readAt ?? 0 });
    },
    end(application, operationId) {
      held.delete(keyOf(application, operationId));
      ended.add(keyOf(application, operationId));
    },
  };
}

/** Adds the rules of a trip to those that an instance has at this moment. */
export const setBlock = (
  fleet: Fleet,
  member: Member,
  { resources, marker }: Block,
  signal: AbortSignal,
): Promise<boolean> =>
  changeRules(
    fleet,
    member,
    'flow',
    (now) => [...now.filter((rule) => !isOf(rule, marker.operationId)), ...rulesOf(resources, marker)],
    signal,
  );

/** Takes the rules of a trip out of those that an instance has at this moment, and leaves all others. */
export const endBlock = (
  fleet: Fleet,
  member: Member,
  operationId: string,
  signal: AbortSignal,
): Promise<boolean> =>
  changeRules(fleet, member, 'flow', (now) => now.filter((rule) => !isOf(rule, operationId)), signal);

export const rulesOf = (resources: readonly string[], marker: Marker) =>
  resources.map((resource) => blockingRule(resource, marker));

const operationsIn = ({ rules }: Member): ReadonlySet<string> => {
  const ids = (rules?.flow ?? []).flatMap((rule) => markerOf(rule)?.operationId ?? []);
  return new Set(ids);
};
