import { formatCountdown } from '../../../shared/analysis/heldTrips.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import type { Holding } from '../../../shared/model/watch.ts';

/** A line of what is held: a trip that a document carries, what this console knows of it, or both. */
export interface HeldRow {
  readonly key: string;
  readonly until: number;
  /** Null where no document carries it any more: someone else took it out. */
  readonly trip: HeldTrip | null;
  /** Null where another Podium made it. */
  readonly holding: Holding | null;
}

/** How it stands, in a tone and words. */
export interface HeldLook {
  /** `alarm`: it will not end by itself as it should. */
  readonly state: 'held' | 'alarm';
  readonly countdown: string;
  /** What happened and what to do about it; null while all is well. */
  readonly advice: string | null;
}

/** Peers answer and documents travel in seconds: so long after its deadline a trip is merely ending. */
const graceMs = 15_000;

/** Trips of documents joined with what this console holds, soonest first; watches are left out. */
export function heldRows(trips: readonly HeldTrip[], holdings: readonly Holding[]): HeldRow[] {
  const ours = new Map(
    holdings.filter(({ kind }) => kind === 'trip').map((holding) => [holding.operationId, holding]),
  );
  const rows: HeldRow[] = trips.map((trip) => {
    const holding = ours.get(trip.operationId) ?? null;
    ours.delete(trip.operationId);
    return { key: `${trip.connectionId} ${trip.id}`, until: trip.until, trip, holding };
  });
  for (const holding of ours.values())
    rows.push({ key: holding.operationId, until: holding.until, trip: null, holding });
  return rows.sort((a, b) => a.until - b.until || a.key.localeCompare(b.key, 'en'));
}

/** How a held trip stands now. */
export function heldLook({ until, trip, holding }: HeldRow, now: number): HeldLook {
  const leftMs = until - now;
  const countdown = leftMs > 0 ? formatCountdown(leftMs) : `late by ${formatCountdown(-leftMs)}`;
  if (holding?.state === 'stuck')
    return {
      state: 'alarm',
      countdown,
      advice: `It is due and could not be ended. ${holding.note} Podium goes on trying; end it by hand, or leave it as it is.`,
    };
  if (holding?.state === 'changed')
    return {
      state: 'alarm',
      countdown,
      advice: `${holding.note} End it to see the three versions, or leave it as it is.`,
    };
  const doubt =
    trip?.timeDoubt === true && holding === null
      ? 'Its cluster does not tell its time, so this is by the clock of this machine, and it is not ended from here by itself.'
      : null;
  if (leftMs > 0) return { state: 'held', countdown, advice: doubt };
  if (holding?.state === 'returning' || leftMs > -graceMs)
    return { state: 'held', countdown: 'ending', advice: null };
  return {
    state: 'alarm',
    countdown,
    advice:
      trip === null
        ? 'It should have ended. Review its end.'
        : `It should have ended, and its document still carries it. ${doubt ?? ''} End it by hand.`.replace(
            '  ',
            ' ',
          ),
  };
}

/** "order → payment", "all callers → payment". */
export function heldTitle({ trip, holding }: HeldRow, calleeName: string | null): string {
  if (trip === null) return holding?.title ?? 'a trip';
  return `${trip.caller?.name ?? 'all callers'} → ${calleeName ?? trip.host}`;
}

/** What the chip says and in which tone; null while nothing is held. */
export function chipWords(
  rows: readonly HeldRow[],
  now: number,
): { readonly alarm: boolean; readonly held: string; readonly countdown: string } | null {
  const [first] = rows;
  if (first === undefined) return null;
  const looks = rows.map((row) => heldLook(row, now));
  const worst = looks.find(({ state }) => state === 'alarm');
  return {
    alarm: worst !== undefined,
    held: rows.length === 1 ? '1 trip held' : `${rows.length} trips held`,
    countdown: worst?.countdown ?? heldLook(first, now).countdown,
  };
}
