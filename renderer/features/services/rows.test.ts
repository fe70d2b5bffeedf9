import { expect, test } from 'vitest';
import { type ServiceRow, sortRows } from './rows.ts';

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
