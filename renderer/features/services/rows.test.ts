import { expect, test } from 'vitest';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import { columnsIn, rowsOf, type ServiceRow, sortRows } from './rows.ts';

const rowOf = (name: string, p99Ms: number | null): ServiceRow => ({
  id: name,
  service: {
    id: name,
    connectionId: 'c',
    kind: 'service',
    name,
    namespace: 'shop',
    owner: null,
    hosts: [],
    versions: [],
    readyInstances: null,
    desiredInstances: null,
    recentRestarts: null,
    createdAt: null,
  },
  signals: {
    requestsPerSecond: 1,
    failedPerSecond: 0,
    errorRatio: 0,
    p50Ms: null,
    p90Ms: null,
    p99Ms,
    health: name === 'bad' ? 'failing' : 'healthy',
    reasons: [],
    versions: {},
  },
  held: null,
});
const rows = [rowOf('quick', 5), rowOf('silent', null), rowOf('bad', 900)];
const names = (sorted: readonly ServiceRow[]): string[] => sorted.map(({ id }) => id);

test('what is not known stands last in either direction', () => {
  expect(names(sortRows(rows, 'p99', false))).toEqual(['quick', 'bad', 'silent']);
  expect(names(sortRows(rows, 'p99', true))).toEqual(['bad', 'quick', 'silent']);
});

test('by health the worst comes first, then by name', () => {
  expect(names(sortRows(rows, 'health', false))).toEqual(['bad', 'quick', 'silent']);
});

test('a service whose calls are held says until when, and no other does', () => {
  const trip: HeldTrip = {
    id: 't1',
    connectionId: 'c',
    document: { connectionId: 'c', apiVersion: 'v1', kind: 'Route', namespace: 'shop', name: 'p', uid: 'u' },
    revision: '1',
    host: 'bad',
    calleeId: 'bad',
    caller: null,
    mechanism: { kind: 'refuse', status: 503 },
    until: 5,
    since: null,
    by: 'ana',
    reason: '',
    operationId: 'o1',
  };
  const services = new Map(rows.map(({ id, service }) => [id, service]));
  const known = { services, signals: new Map(), trips: [trip] };
  const all = rowsOf(['quick', 'gone', 'bad'], known, (at) => `14:0${at}`);
  expect(all.map(({ id, held }) => [id, held])).toEqual([
    ['quick', null],
    ['bad', 'held until 14:05'],
  ]);
});

test('however narrow the list, the figures that say where to look are there', () => {
  const idsIn = (widthPx: number): readonly string[] => columnsIn(widthPx).map(({ id }) => id);
  expect(idsIn(1_200)).toEqual(idsIn(0));
  // A window of 1024 with the inspector closed.
  expect(idsIn(930)).toEqual(idsIn(0).filter((id) => id !== 'p50'));
  expect(idsIn(700)).toEqual(['health', 'name', 'namespace', 'ready', 'rps', 'failed', 'p99']);
  // As much as a window of 1024 leaves beside the inspector.
  expect(idsIn(544)).toEqual(['health', 'name', 'ready', 'rps', 'failed', 'p99']);
  expect(idsIn(430)).toEqual(['health', 'name', 'rps', 'failed', 'p99']);
});
