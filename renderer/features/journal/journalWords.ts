import { conditionInWords } from '../../../shared/analysis/watchDraft.ts';
import type { Effect, OperationRecord } from '../../../shared/model/record.ts';
import type { HoldState, WatchState } from '../../../shared/model/watch.ts';
import { formatDayAndClock, formatLatency, formatRatio } from '../../ui/format.ts';

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
      return record.finishedAt === null
        ? { sign: '?', word: 'no answer, being found out', tone: 'pending' }
        : { sign: '?', word: 'not known whether it was written', tone: 'bad' };
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

/** Why there is nothing to tell of how far an operation came. */
export function nothingSeen({ state }: Pick<OperationRecord, 'state'>): string {
  switch (state) {
    case 'notWritten':
      return 'Nothing: it was not written.';
    case 'partly':
      return 'What was written in part is not followed further: what it does was not looked for.';
    case 'unknown':
      return 'Whether it was written is not known: what it does was not looked for.';
    case 'writing':
    case 'written':
      return 'Nothing.';
  }
}

/** "after 2 min: failed 4.1 % → 0.9 %, p99 4.9 s → 130 ms"; null until it was read. */
export function effectOf(effect: Effect | null): string | null {
  if (effect === null) return null;
  const { before, after } = effect;
  const failed = `failed ${formatRatio(before.errorRatio)} → ${formatRatio(after.errorRatio)}`;
  const slow = `p99 ${formatLatency(before.p99Ms)} → ${formatLatency(after.p99Ms)}`;
  return `after ${Math.round(effect.windowSeconds / 60)} min: ${failed}, ${slow}`;
}

/** What became of a trip, or of a change that is kept for a while: "until 14:05:00 · over. Ended at its deadline."; null for others. */
export function holdOf({ hold }: OperationRecord, now: number = Date.now()): string | null {
  if (hold === null) return null;
  const states: Record<HoldState['state'], string> = {
    held: 'held',
    returning: 'going back now',
    ended: hold.leftBy === null ? 'over' : 'not ended',
    changed: 'left as it is: someone else wrote there since',
    stuck: 'due, and could not be ended',
  };
  const tried = hold.attempts > 0 && hold.state !== 'ended' ? ` (tried ${hold.attempts} times)` : '';
  return told(`until ${formatDayAndClock(hold.until, now)} · ${states[hold.state]}${tried}`, hold.note);
}

/** What was watched for and what became of it; null where nothing was. */
export function watchOf({ watch }: OperationRecord, now: number = Date.now()): string | null {
  if (watch === null) return null;
  const states: Record<WatchState['state'], string> = {
    watching: 'watched now',
    passed: 'passed: nothing came true',
    returning: 'a condition came true, going back now',
    returned: 'went back',
    stopped: 'stopped before its end',
    stuck: 'should go back and could not',
  };
  const conditions = watch.request.conditions.map(conditionInWords).join('; ');
  return told(
    `until ${formatDayAndClock(watch.endsAt, now)} · ${states[watch.state]}`,
    watch.note,
    `back if ${conditions}`,
  );
}

function told(first: string, ...more: readonly string[]): string {
  return [first, ...more.filter((part) => part !== '')].map((part) => part.replace(/\.$/, '')).join('. ');
}
