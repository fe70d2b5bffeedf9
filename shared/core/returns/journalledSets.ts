import type { OperationRecord } from '../../model/record.ts';
import type { ChangeSet, SetItem } from '../../model/watch.ts';

/**
 * A set as the journal tells it, where this process did not run it; null where none of its changes was ever begun.
 * `mayRun`: another process writes this journal, and may go on with it.
 */
export function setOfRecords(
  setId: string,
  all: readonly OperationRecord[],
  mayRun: boolean,
): Omit<ChangeSet, 'undoOf'> | null {
  const records = inOrder(all);
  const last = records.at(-1);
  if (last === undefined) return null;
  const isUnended = wasCutOff(records);
  const isCutOff = isUnended && !mayRun;
  const open =
    (isUnended && mayRun) || records.some(({ state, finishedAt }) => stillOpen(state) && finishedAt === null);
  const notBegun = mayRun ? 'waiting' : 'neverBegun';
  const items = titlesOf(last, records).map((title, position): SetItem => {
    const record = records.find((one) => placeOf(one) === position);
    if (record !== undefined) return itemOf(record, title);
    return { title, state: isUnended ? notBegun : 'leftOut', operationId: null, error: null };
  });
  const told = last.set?.ended ?? null;
  // What ended a set before it was begun stands with the change before it.
  const after = placeOf(last) + 1;
  const ending = last.state === 'written' ? items[after] : undefined;
  if (told !== null && ending !== undefined) items[after] = { ...ending, state: 'stopped', error: told };
  return {
    id: setId,
    items,
    cutOff: isCutOff,
    finishedAt: open ? null : Math.max(...records.map(({ at, finishedAt }) => finishedAt ?? at)),
  };
}

/** Whether Podium ended in the middle of this set and nobody said since that it may stay so. */
export function isCutOffStill(all: readonly OperationRecord[]): boolean {
  const records = inOrder(all);
  if (!wasCutOff(records)) return false;
  const done = records.filter(({ state }) => state !== 'notWritten');
  return done.length === 0 || done.some(({ undoneBy }) => undoneBy === null);
}

/** All of one set, by the place in it. */
const inOrder = (records: readonly OperationRecord[]): OperationRecord[] =>
  records.filter(({ set }) => set !== null).sort((a, b) => placeOf(a) - placeOf(b));

function wasCutOff(records: readonly OperationRecord[]): boolean {
  const last = records.at(-1);
  if (last === undefined || last.set === null || last.set.ended !== null) return false;
  return last.state !== 'written' || last.set.position < last.set.titles.length - 1;
}

function itemOf(record: OperationRecord, title: string): SetItem {
  const { id: operationId, error, undoneBy } = record;
  const states = {
    writing: 'unknown',
    unknown: 'unknown',
    written: undoneBy === null ? 'written' : 'undone',
    partly: undoneBy === null ? 'partly' : 'undone',
    notWritten: 'stopped',
  } as const;
  const state = states[record.state];
  return { title, state, operationId, error: state === 'written' || state === 'undone' ? null : error };
}

const placeOf = ({ set }: OperationRecord): number => set?.position ?? 0;
const titlesOf = ({ set }: OperationRecord, records: readonly OperationRecord[]): readonly string[] =>
  set?.titles ?? records.map(({ title }) => title);
const stillOpen = (state: OperationRecord['state']): boolean => state === 'writing' || state === 'unknown';
