import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordOf } from '../../test/support/records.ts';
import type { Canary, HoldState, WatchState } from '../model/watch.ts';
import { createCanaryStore } from './canaryStore.ts';
import { openDatabase } from './database.ts';
import { createJournalStore } from './journalStore.ts';

let folder = '';
const said: string[] = [];
const keep = (message: string): void => void said.push(message);
const log = { info: keep, warn: keep, error: keep };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podium-canaries-'));
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function canary(id: string, startedAt: number): Canary {
  return {
    id,
    request: {
      connectionId: 'one',
      splitId: 'uid/http/default',
      destination: 1,
      steps: [{ percent: 5, forSeconds: 60 }],
      conditions: [{ kind: 'errors', version: 'v2', aboveRatio: 0.02 }],
      reason: '',
    },
    title: 'Canary: v2 of payment',
    connectionTitle: 'prod',
    serviceId: null,
    serviceName: 'payment',
    state: 'running',
    step: 0,
    stepStartedAt: null,
    note: '',
    operationIds: [],
    before: [100, null],
    consent: { ticked: [], typedName: null },
    startedAt,
    finishedAt: null,
  };
}

test('canaries outlive the process, are changed in place and listed newest first', async () => {
  {
    using database = openDatabase(folder);
    const store = createCanaryStore(database, log);
    await store.put(canary('a', 1));
    await store.put(canary('b', 2));
    await store.put({ ...canary('a', 1), state: 'finished' });
  }
  using database = openDatabase(folder);
  const store = createCanaryStore(database, log);
  expect(await store.list(10)).toEqual([canary('b', 2), { ...canary('a', 1), state: 'finished' }]);
  expect(await store.list(1)).toEqual([canary('b', 2)]);
});

test('a canary that is open is found behind any number that are over, and beside a line that cannot be read', async () => {
  using database = openDatabase(folder);
  const store = createCanaryStore(database, log);
  await store.put({ ...canary('paused', 0), state: 'paused' });
  for (let at = 1; at <= 60; at += 1) await store.put({ ...canary(`over-${at}`, at), state: 'finished' });
  await store.put(canary('broken', 61));
  database.sql()?.exec(`UPDATE canaries SET record = '{"half":' WHERE id = 'broken'`);
  await store.put({ ...canary('stuck', 62), state: 'stuck' });
  expect((await store.open()).map(({ id }) => id)).toEqual(['stuck', 'paused']);
});

test('the second process on one folder reads canaries and writes none', async () => {
  using first = openDatabase(folder);
  using second = openDatabase(folder);
  await createCanaryStore(first, log).put(canary('a', 1));
  const reading = createCanaryStore(second, log);
  expect(await reading.list(10)).toHaveLength(1);
  await expect(reading.put(canary('b', 2))).rejects.toThrow('only reads');
});

test('a canary that cannot be read is left out, told of, and costs no other', async () => {
  using database = openDatabase(folder);
  const store = createCanaryStore(database, log);
  await store.put(canary('a', 1));
  await store.put(canary('b', 2));
  database.sql()?.exec(`UPDATE canaries SET record = '{"half":' WHERE id = 'b'`);
  expect((await store.list(10)).map(({ id }) => id)).toEqual(['a']);
  expect(said).toHaveLength(1);
});

test('the journal finds what is still held or watched, what takes an operation back, and what belongs together', async () => {
  using database = openDatabase(folder);
  const journal = createJournalStore(database, log);
  const hold: HoldState = {
    until: 1,
    untilMoment: null,
    state: 'held',
    note: '',
    endedBy: null,
    leftBy: null,
    attempts: 0,
  };
  const watch: WatchState = {
    request: { forSeconds: 60, conditions: [{ kind: 'errors', version: null, aboveRatio: 0.1 }] },
    serviceId: null,
    startedAt: 0,
    endsAt: 1,
    endsAtMoment: { boot: 'one', ms: 1 },
    state: 'watching',
    note: '',
    readings: [null],
    returnedBy: null,
  };
  await journal.append(recordOf({ id: 'plain', at: 1 }));
  await journal.append(recordOf({ id: 'held', at: 2, hold }));
  await journal.append(recordOf({ id: 'ended', at: 3, hold: { ...hold, state: 'ended' } }));
  await journal.append(recordOf({ id: 'watched', at: 4, watch, canaryId: 'canary' }));
  await journal.append(recordOf({ id: 'passed', at: 5, watch: { ...watch, state: 'passed' }, setId: 'set' }));
  await journal.append(recordOf({ id: 'never', at: 6, hold, state: 'notWritten' }));
  await journal.append(recordOf({ id: 'undo', at: 7, undoOf: 'plain' }));
  await journal.append(recordOf({ id: 'broken', at: 8 }));
  database.sql()?.exec(`UPDATE operations SET record = '{"half":' WHERE id = 'broken'`);
  const ids = async (filter: object) => (await journal.list({ limit: 10, ...filter })).map(({ id }) => id);
  expect(await ids({ holding: true })).toEqual(['watched', 'held']);
  expect(await ids({ undoOf: 'plain' })).toEqual(['undo']);
  expect(await ids({ setId: 'set' })).toEqual(['passed']);
  expect(await ids({ canaryId: 'canary' })).toEqual(['watched']);
});
