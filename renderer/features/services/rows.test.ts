import { expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import { columnsIn, sortServices } from './rows.ts';

const serviceOf = (name: string): GraphService => ({
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
});
const signalsOf = (health: ServiceSignals['health'], p99Ms: number | null): ServiceSignals => ({
  requestsPerSecond: 1,
  failedPerSecond: 0,
  errorRatio: 0,
  p50Ms: null,
  p90Ms: null,
  p99Ms,
  health,
  reasons: [],
  versions: {},
});
const services = ['quick', 'silent', 'bad', 'unheard'].map(serviceOf);
const signals = new Map([
  ['quick', signalsOf('healthy', 5)],
  ['silent', signalsOf('healthy', null)],
  ['bad', signalsOf('failing', 900)],
]);
const sorted = (column: string, descending = false): string[] =>
  sortServices(services, signals, column, descending).map(({ id }) => id);

test('what is not known stands last in either direction', () => {
  expect(sorted('p99')).toEqual(['quick', 'bad', 'silent', 'unheard']);
  expect(sorted('p99', true)).toEqual(['bad', 'quick', 'silent', 'unheard']);
});

test('by health the worst comes first, then by name', () => {
  expect(sorted('health')).toEqual(['bad', 'unheard', 'quick', 'silent']);
});

test('a line is the service itself, so that it is drawn anew when the service changes and at no other time', () => {
  const [first] = sortServices(services, signals, 'name', false);
  expect(first).toBe(services[2]);
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

test('the columns stay the same object while the same ones find room', () => {
  expect(columnsIn(700)).toBe(columnsIn(701));
  expect(columnsIn(2_000)).toBe(columnsIn(0));
  expect(columnsIn(640)).not.toBe(columnsIn(639));
});
