import { createHolding, type Holding } from '../../kit/holding.ts';
import type { Fleet } from '../fleet.ts';
import type { Member } from '../member.ts';
import { changeRules } from '../writing.ts';
import { blockedBy, blockingRule, isOf, type Marker } from './marker.ts';
import type { Wanted } from './wanted.ts';

export type Block = Pick<Wanted, 'application' | 'resources' | 'marker'>;
export type BlockHolding = Holding<Block, Block, Member>;

/** What this session holds and ends in every instance, while they come and go. */
export function holdBlocks(fleet: Fleet): BlockHolding {
  const holding = createHolding<Block, Block, Member>(
    {
      // Several may hold an application at once, each by its own rules.
      keyOf: ({ application, marker }) => JSON.stringify([application, marker.operationId]),
      operationOf: ({ marker }) => marker.operationId,
      untilOf: ({ marker }) => marker.until,
      now: fleet.now,
      members: ({ application }) => fleet.of(application),
      lifeOf: ({ uid, incarnation, readAt }) => ({ uid, life: `${incarnation}`, readAt: readAt ?? 0 }),
      shows: ({ rules }, { resources, marker }) => {
        if (rules === null) return null;
        const there = blockedBy(rules.flow ?? [], marker.operationId);
        return resources.every((resource) => there.has(resource));
      },
      carries: ({ rules }, { marker }) =>
        rules && rules.flow?.some((rule) => isOf(rule, marker.operationId)) === true,
      set: (member, block, signal) => setBlock(fleet, member, block, signal),
      unset: (member, block, signal) => endBlock(fleet, member, block.marker.operationId, signal),
      nameOf: ({ name }, { application }) => ({ application, instance: name }),
      marked: true,
    },
    fleet.host,
  );
  fleet.afterRound.add(holding.goOn);
  fleet.inHurry.add(() => holding.all().length > 0);
  return holding;
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
