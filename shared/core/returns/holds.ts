import type { OperationRecord } from '../../model/record.ts';
import type { HoldState } from '../../model/watch.ts';
import type { Journal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { Ports } from '../ports.ts';
import type { Attempts } from './attempts.ts';
import { remainingMs } from './moments.ts';
import type { Way, WayBack } from './wayBack.ts';

/** An end that comes this much after the deadline is told as late. */
const lateMs = 60_000;
/** Reading may lag behind writing: a trip that is younger is not taken for ended. */
const youngMs = 5_000;

interface HoldParts {
  readonly journal: Journal;
  readonly ports: Ports;
  readonly wayBack: WayBack;
  readonly attempts: Attempts;
}

/** Ends trips at their deadline: once, by the recorded inverse, and only what is still as it was written. */
export interface Holds {
  /** Does what is due for one trip; looks again later where it cannot. Never throws. */
  tend(record: OperationRecord & { readonly hold: HoldState }): Promise<void>;
}

export function createHolds({ journal, ports, wayBack, attempts }: HoldParts): Holds {
  /** What the trips of a connection looked like when a trip of ours was last looked at. */
  const seen = new Map<string, string>();

  const note = (id: string, change: (hold: HoldState) => Partial<HoldState>) =>
    journal.update(id, (now) => {
      if (now.hold === null || now.hold.state === 'ended') return now;
      const hold = { ...now.hold, ...change(now.hold) };
      return { ...now, hold };
    });

  async function tend(record: OperationRecord & { readonly hold: HoldState }): Promise<void> {
    const { id, hold, state } = record;
    // Its own answer is still being looked for.
    if (state === 'writing' || (state === 'unknown' && record.finishedAt === null)) return;
    if (hold.state === 'changed') return lookAgain(record);
    const remaining = remainingMs({ at: hold.until, moment: hold.untilMoment }, ports.clock);
    if (hold.state === 'held' && remaining > 0) return noticeEnd(record);
    if (!attempts.mayTry(id)) return;
    await end(record, -remaining);
  }

  async function end(record: OperationRecord & { readonly hold: HoldState }, lateBy: number): Promise<void> {
    const { id, hold } = record;
    const why = lateBy > lateMs ? `Ended ${sayLate(lateBy)} after its deadline.` : 'Ended at its deadline.';
    const way = await wayBack.go(record, {
      reason: `${record.operation.kind === 'trip' ? 'The trip’s deadline passed' : 'It was to last only so long'} (${record.title})`,
      began: async (operationId) => {
        await note(id, () => ({ state: 'returning', endedBy: operationId, note: why }));
      },
    });
    await take(id, hold, way, why);
  }

  async function take(id: string, hold: HoldState, way: Way, why: string): Promise<void> {
    switch (way.kind) {
      case 'underway':
        attempts.later(id, 0);
        return;
      case 'away': {
        // Opening the connection wakes this at once; until then it is told, and nothing is tried.
        const told = `Its deadline passed, and ${way.note}`;
        if (hold.note !== told) await note(id, () => ({ state: 'stuck', note: told }));
        return;
      }
      case 'done':
        attempts.forget(id);
        await journal.update(id, (now) => ({
          ...now,
          undoneBy: now.undoneBy ?? way.operationId,
          hold: now.hold === null ? null : endedHold(now.hold, way.operationId, why),
        }));
        return;
      case 'changed':
        attempts.later(id, 4);
        await note(id, () => ({ state: 'changed', note: way.note }));
        return;
      case 'failed': {
        const tries = hold.attempts + 1;
        attempts.later(id, tries);
        await note(id, () => ({ state: 'stuck', attempts: tries, note: way.note }));
      }
    }
  }

  /** What someone else changed may be put right by them too; nothing is written here. */
  async function lookAgain(record: OperationRecord & { readonly hold: HoldState }): Promise<void> {
    const { id } = record;
    const connection = wayBack.connectionOf(record);
    if (connection === null || !attempts.mayTry(id)) return;
    attempts.later(id, 4);
    const read = await wayBack.look(record, connection).catch(() => null);
    if (read?.state === 'before')
      await note(id, () => ({ state: 'ended', note: 'Someone else put back what was there before.' }));
  }

  /** A trip that its document does not carry any more was ended elsewhere. */
  async function noticeEnd(record: OperationRecord & { readonly hold: HoldState }): Promise<void> {
    const { id } = record;
    const connection = wayBack.connectionOf(record);
    if (connection === null || ports.clock.now() - record.at < youngMs) return;
    const picture = pictureOf(connection);
    if (seen.get(id) === picture) return;
    const read = await wayBack.look(record, connection).catch(() => null);
    // A way back that is under way says itself how it ended.
    if (read === null || (await wayBack.isUnderway(id))) return;
    seen.set(id, picture);
    if (read.state !== 'before') return;
    const by = read.changedBy === null ? '' : ` by ${read.changedBy}`;
    await note(id, () => ({ state: 'ended', note: `Ended${by} before its deadline.` }));
  }

  return { tend };
}

function endedHold(hold: HoldState, endedBy: string | null, why: string): HoldState {
  if (endedBy !== null) return { ...hold, state: 'ended', endedBy, note: why };
  if (hold.state === 'ended') return hold;
  return { ...hold, state: 'ended', note: 'It was as before already when its deadline came.' };
}

function pictureOf(connection: LiveConnection): string {
  const trips = connection.trips.map(({ id, revision }) => `${id} ${revision}`).sort();
  return `${connection.generation}\n${trips.join('\n')}`;
}

function sayLate(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
