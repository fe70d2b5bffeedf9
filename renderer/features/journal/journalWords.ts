import type { Effect, OperationRecord } from '../../../shared/model/record.ts';
import { formatClockSeconds, formatLatency, formatRatio } from '../../ui/format.ts';

/** How an operation stands, in one word with a sign and a colour. */
export interface Standing {
  readonly sign: string;
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'neutral' | 'pending';
}

/** The highest rung that was seen, or what became of the write. Only loaded and measured are good news. */
export function standingOf(record: OperationRecord): Standing {
  switch (record.state) {
    case 'writing':
      return { sign: '◐', word: 'writing', tone: 'pending' };
    case 'unknown':
      return { sign: '?', word: 'no answer, being found out', tone: 'pending' };
    case 'notWritten':
      return { sign: '✕', word: 'not written', tone: 'bad' };
    case 'partly':
      return { sign: '◑', word: 'written in part', tone: 'bad' };
    case 'written':
      break;
  }
  if (record.undoneBy !== null) return { sign: '↶', word: 'undone', tone: 'neutral' };
  const contradicted = record.rungs.findLast((rung) => rung.state === 'contradicted');
  if (contradicted) return { sign: '✕', word: `${contradicted.rung}: contradicted`, tone: 'bad' };
  const seen = record.rungs.findLast((rung) => rung.state === 'seen');
  const tone = seen?.rung === 'measured' || seen?.rung === 'loaded' ? 'good' : 'neutral';
  const isClimbing = record.finishedAt === null && record.rungs.some((rung) => rung.state === 'waiting');
  if (isClimbing)
    return {
      sign: '◐',
      word: `${seen?.rung ?? 'written'}, followed on`,
      tone: tone === 'good' ? tone : 'pending',
    };
  return { sign: '✓', word: seen?.rung ?? 'written', tone };
}

/** "after 2 min: failed 4.1 % → 0.9 %, p99 4.9 s → 130 ms"; null until it was read. */
export function effectOf(effect: Effect | null): string | null {
  if (effect === null) return null;
  const { before, after } = effect;
  const failed = `failed ${formatRatio(before.errorRatio)} → ${formatRatio(after.errorRatio)}`;
  const slow = `p99 ${formatLatency(before.p99Ms)} → ${formatLatency(after.p99Ms)}`;
  return `after ${Math.round(effect.windowSeconds / 60)} min: ${failed}, ${slow}`;
}

/** "14:09:31" today, with the date before it on other days; in the operator's zone. */
export function dayAndClock(at: number, now: number = Date.now()): string {
  const clock = formatClockSeconds(at);
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  if (isToday) return clock;
  const day = new Date(at).toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day}, ${clock}`;
}
