import type { OperationRecord } from '../../model/record.ts';
import type { HoldState, WatchState } from '../../model/watch.ts';

/** Whether a trip still stands between callers and a service, or may. */
export function isHoldOpen(
  hold: HoldState | null,
): hold is HoldState & { readonly state: Exclude<HoldState['state'], 'ended'> } {
  return hold !== null && hold.state !== 'ended';
}

/** Whether a watch may still take something back. */
export function isWatchOpen(
  watch: WatchState | null,
): watch is WatchState & { readonly state: 'watching' | 'returning' | 'stuck' } {
  return watch !== null && ['watching', 'returning', 'stuck'].includes(watch.state);
}

/** Whether Podium holds or watches something for this operation. */
export function isHolding({ state, hold, watch }: OperationRecord): boolean {
  return state !== 'notWritten' && (isHoldOpen(hold) || isWatchOpen(watch));
}

/**
 * What a record's trip and watch become by what else the record says: nothing is held of what was never written, and what
 * was undone needs no way back any more. Kept in one place, so that no writer of a record can forget it.
 */
export function settled(record: OperationRecord): OperationRecord {
  const { state, undoneBy } = record;
  if (!isHoldOpen(record.hold) && !isWatchOpen(record.watch)) return record;
  if (state === 'notWritten') return close(record, 'It was never written.');
  if (undoneBy !== null) return close(record, 'It was undone by hand.');
  return record;
}

function close(record: OperationRecord, why: string): OperationRecord {
  const { hold, watch, undoneBy } = record;
  return {
    ...record,
    hold: isHoldOpen(hold)
      ? { ...hold, state: 'ended', endedBy: undoneBy, note: hold.state === 'returning' ? hold.note : why }
      : hold,
    watch: isWatchOpen(watch)
      ? watch.state === 'returning'
        ? { ...watch, state: 'returned', returnedBy: undoneBy }
        : { ...watch, state: 'stopped', note: why }
      : watch,
  };
}
