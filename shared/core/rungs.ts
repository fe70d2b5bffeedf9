import type { OperationRecord, Rung } from '../model/record.ts';
import { samePlace } from './controls.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';

/** What every part of a ladder needs: which operation, on which connection, and where to take it down. */
export interface Climb {
  readonly record: OperationRecord;
  readonly connection: LiveConnection;
  readonly journal: Journal;
  readonly ports: Ports;
  readonly signal: AbortSignal;
}

/** Notes what one rung shows. A ladder that has ended is never moved again: an answer that came too late is dropped. */
export async function tell(
  { journal, record }: Pick<Climb, 'journal' | 'record'>,
  rung: Rung['rung'],
  state: Rung['state'],
  detail: string,
  at: number | null,
): Promise<void> {
  await journal.update(record.id, (now) =>
    now.finishedAt === null ? { ...now, rungs: setRung(now.rungs, rung, state, detail, at) } : now,
  );
}

/** The rungs with one of them changed. */
export function setRung(
  rungs: readonly Rung[],
  rung: Rung['rung'],
  state: Rung['state'],
  detail: string,
  at: number | null,
): Rung[] {
  return rungs.map((old) => (old.rung === rung ? { rung, state, detail, at } : old));
}

/** Why an operation is not in force as it was written any more, if it was undone or something later was written here. */
export async function supersededBy({ journal, record }: Climb): Promise<string | null> {
  const now = await journal.read(record.id);
  if (now !== null && now.undoneBy !== null) return 'undone';
  const later = await journal.list({
    connectionTitle: record.connection.title,
    from: record.at,
    states: ['written'],
    limit: 100,
  });
  const next = later.find(
    (other) => other.id !== record.id && other.at > record.at && samePlace(record, other),
  );
  return next === undefined ? null : 'changed again from here';
}
