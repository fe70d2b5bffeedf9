import { formatMs, formatPercent } from '../../analysis/formats.ts';
import type { WatchCondition } from '../../model/watch.ts';
import type { FiguresSince } from './figures.ts';

/** What one condition reads, and whether it came true. */
export interface Judged {
  /** Errors 0..1, p99 in ms, calls per second; null where nothing measures it, or on too little. */
  readonly reading: number | null;
  readonly broken: boolean;
  /** "v2’s errors are 6.3 % of 214 calls, above 2 %". */
  readonly text: string;
}

/** What a judgement needs beside the figures. */
export interface JudgeBy {
  readonly since: number;
  readonly now: number;
  /** Fewer calls judge nothing. */
  readonly minimumCalls: number;
  /** Figures without a sample for this long say nothing about now. */
  readonly oldestSampleMs: number;
}

/** The newest calls are judged where they are enough, else all since the write. */
const windowMs = 60_000;

/** Judges one condition on figures since the write. */
export function judgeCondition(condition: WatchCondition, figures: FiguresSince, by: JudgeBy): Judged {
  const fresh = figures.newestAt !== null && by.now - figures.newestAt <= by.oldestSampleMs;
  if (!fresh) return { reading: null, broken: false, text: 'no figures at the moment' };
  const who = nameOf(condition.version);
  switch (condition.kind) {
    case 'errors': {
      const some = enough(condition.version, figures, by);
      if (some === null) return { reading: null, broken: false, text: `too few calls of ${who} to judge by` };
      const ratio = some.failed / some.calls;
      return {
        reading: ratio,
        broken: ratio > condition.aboveRatio,
        text: `errors of ${who} are ${formatPercent(ratio)} of ${Math.round(some.calls)} calls, the limit is ${formatPercent(condition.aboveRatio)}`,
      };
    }
    case 'latency': {
      const p99 = enough(condition.version, figures, by) === null ? null : figures.p99Ms(condition.version);
      if (p99 === null) return { reading: null, broken: false, text: `p99 of ${who} is not known yet` };
      return {
        reading: p99,
        broken: p99 > condition.aboveP99Ms,
        text: `p99 of ${who} is ${formatMs(p99)}, the limit is ${formatMs(condition.aboveP99Ms)}`,
      };
    }
    case 'noTraffic': {
      const spanMs = condition.forSeconds * 1000;
      const some = figures.calls(condition.version, by.now - spanMs);
      if (some === null) return { reading: null, broken: false, text: `calls of ${who} are not counted yet` };
      // Two samples inside the span leave out up to two scrapes at its ends.
      const whole = by.now - by.since >= spanMs && some.seconds * 1000 >= spanMs / 2;
      return {
        reading: some.calls / some.seconds,
        broken: whole && some.calls === 0,
        text:
          some.calls === 0 ? `no call came to ${who} for ${Math.round(some.seconds)} s` : `${who} gets calls`,
      };
    }
  }
}

function enough(version: string | null, figures: FiguresSince, { now, since, minimumCalls }: JudgeBy) {
  const newest = figures.calls(version, now - windowMs);
  if (newest !== null && newest.calls >= minimumCalls) return newest;
  const all = figures.calls(version, since);
  return all !== null && all.calls >= minimumCalls ? all : null;
}

/** "v2", or the service as a whole. */
export function nameOf(version: string | null): string {
  return version ?? 'the service';
}
