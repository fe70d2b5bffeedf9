import { fewAtOnce } from '../../kit/fewAtOnce.ts';
import { sayError } from '../../kit/peerError.ts';
import { calleeOfResource } from '../resourceNames.ts';
import type { Fleet, Member } from '../fleet.ts';
import { readMetric } from './metricLines.ts';

/** A line of some instance's log, told apart into what it served and whom it called. */
export interface Counted {
  readonly member: Member;
  /** By this machine's clock. */
  readonly at: number;
  readonly resource: string;
  /** The service that it called by this resource; null of what it served itself. */
  readonly callee: string | null;
  readonly passed: number;
  readonly blocked: number;
  readonly failed: number;
}

/** What the logs of all instances tell of a stretch of time. */
export interface LogReading {
  readonly counted: readonly Counted[];
  /** Seconds in which any instance wrote anything, by this machine's clock. */
  readonly heard: readonly number[];
  readonly queries: number;
  readonly problems: readonly string[];
}

/** A line is in the log a second or two after its second. */
export const lagMs = 2_000;

/** Reads the logs of every instance that answers; from and to are by this machine's clock. */
export async function readLogs(
  fleet: Fleet,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<LogReading> {
  const apps = fleet.apps();
  const members = fleet.members().filter(({ rules }) => rules !== null);
  const problems: string[] = [];
  const read = await fewAtOnce(members, async (member) => {
    const ahead = member.clockOffsetMs ?? 0;
    const others = apps.filter((app) => app !== member.app);
    try {
      const centre = await fleet.centre(member.uid);
      const { lines, all } = readMetric(await centre.metric(from + ahead, to + ahead, signal));
      const counted = lines.flatMap(({ at, ...line }): Counted[] => {
        const callee = calleeOfResource(line.resource, others);
        // What is entered inside another resource and calls nobody is a part of that one.
        if (callee === null && member.nesting?.outermost.has(line.resource) !== true) return [];
        return [{ member, at: at - ahead, callee, ...line }];
      });
      return { counted, heard: all.map((at) => at - ahead) };
    } catch (error) {
      signal.throwIfAborted();
      problems.push(`${member.name}: ${sayError(error, 'Reading its metric log')}`);
      return { counted: [], heard: [] };
    }
  });
  return {
    counted: read.flatMap(({ counted }) => counted),
    heard: read.flatMap(({ heard }) => heard),
    queries: members.length,
    problems: problems.slice(0, 3),
  };
}
