import type { OriginTransport } from '../http/originTransport.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import type { CommandCentre } from './api.ts';
import { type Nesting, readNesting, readNodes, type ResourceFigures, timeOf } from './nodes.ts';
import type { Place } from './places.ts';
import { type Rule, type RuleType, ruleTypes } from './rules.ts';

export type RuleSets = Readonly<Partial<Record<RuleType, readonly Rule[]>>>;

/** What is known of one instance. */
export interface Member extends Place {
  readonly version: string | null;
  /** Whether it checks rules at all; null while it could not be read. */
  readonly isOn: boolean | null;
  /** By type, those that it has; null while it could not be read. */
  readonly rules: RuleSets | null;
  /** As last counted; null while it could not be read. */
  readonly figures: ReadonlyMap<string, ResourceFigures> | null;
  readonly nesting: Nesting | null;
  /** When the newest reading of it began. */
  readonly readAt: number | null;
  /** Why the last reading failed, in words; null when it did not. */
  readonly problem: string | null;
  /** Another one after it was away, or lost what only a new process loses: it may have begun anew since. */
  readonly incarnation: number;
  /** When its data source did not take what was set; null where nothing is known of that. */
  readonly memoryOnlyAt: number | null;
  /** How far its clock is ahead of this machine's, and never more than it is; null where it did not tell. */
  readonly clockOffsetMs: number | null;
}

/** The same while it is being read. */
export interface Kept {
  readonly place: Place;
  centre: Promise<CommandCentre & Pick<OriginTransport, 'close' | 'retire'>> | null;
  version: string | null;
  isOn: boolean | null;
  rules: RuleSets | null;
  figures: Member['figures'];
  nesting: Nesting | null;
  /** Resources that it was seen with: a process forgets none. */
  resources: ReadonlySet<string>;
  readAt: number | null;
  problem: string | null;
  incarnation: number;
  memoryOnlyAt: number | null;
  /** How far its clock is ahead of this machine's, and never more than it is; null where it did not tell. */
  clockOffsetMs: number | null;
}

export const memberOf = (place: Place): Kept => ({
  place,
  centre: null,
  version: null,
  isOn: null,
  rules: null,
  figures: null,
  nesting: null,
  resources: new Set(),
  readAt: null,
  problem: 'not asked yet',
  incarnation: 0,
  memoryOnlyAt: null,
  clockOffsetMs: null,
});

type Fresh = Pick<Kept, 'version' | 'isOn' | 'nesting' | 'clockOffsetMs'> & {
  readonly figures: NonNullable<Kept['figures']>;
  readonly rules: RuleSets;
};

export interface MemberReader {
  /** Reads what hangs by seconds, or `everything`. Never throws. */
  read(one: Kept, everything: boolean, signal: AbortSignal): Promise<void>;
  view(one: Kept): Member;
}

export function createMemberReader(
  clock: ConnectorHost['clock'],
  centreOf: (one: Kept) => Promise<CommandCentre>,
): MemberReader {
  async function readAll(one: Kept, everything: boolean, signal: AbortSignal): Promise<Fresh> {
    const centre = await centreOf(one);
    const isNew = one.rules === null;
    // Asked first, so that nothing else is asked of what is no command centre.
    const version = isNew ? await centre.version(signal) : one.version;
    const types = everything || isNew ? ruleTypes : (['flow'] as const);
    // One after the other: where the first is not answered, the others are not asked.
    const isOn = await centre.isOn(signal);
    const nodes = await centre.nodes(signal);
    const tree = everything || isNew ? await centre.tree(signal) : null;
    const sets: [RuleType, readonly Rule[]][] = [];
    for (const type of types) {
      const set = await centre.rules(type, signal);
      if (set !== null) sets.push([type, set]);
    }
    const figures = readNodes(nodes);
    if (figures === null)
      throw new PeerError('notThePeer', `What ${centre.route}/clusterNode answers are no figures.`);
    const toldAt = timeOf(nodes);
    const clockOffsetMs = toldAt === null ? one.clockOffsetMs : toldAt - clock.now();
    const nesting = (tree === null ? null : readNesting(tree)) ?? one.nesting;
    return {
      version,
      isOn,
      figures,
      nesting,
      clockOffsetMs,
      rules: { ...one.rules, ...Object.fromEntries(sets) },
    };
  }

  return {
    async read(one, everything, signal) {
      const beganAt = clock.now();
      const read = await readAll(one, everything, signal).catch((error: unknown) =>
        sayError(error, 'Asking its command centre'),
      );
      // Of two that were under way at once, the one that began later knows more.
      if (signal.aborted || (one.readAt ?? 0) > beganAt) return;
      one.readAt = beganAt;
      if (typeof read === 'string') {
        if (one.rules !== null) one.incarnation += 1;
        Object.assign(one, { rules: null, figures: null, isOn: null, problem: read });
      } else {
        if ([...one.resources].some((name) => !read.figures.has(name))) one.incarnation += 1;
        Object.assign(one, read, { problem: null, resources: new Set(read.figures.keys()) });
      }
    },
    view: ({ place, centre: _, resources: __, ...known }) => ({ ...place, ...known }),
  };
}
