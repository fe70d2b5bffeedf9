import { expect, test } from 'vitest';
import type { LogEntry } from '../../../shared/model/log.ts';
import { mostEntries } from './logBuffer.ts';
import { createLogIntake, pausedIn } from './logIntake.ts';

const notes = (count: number): LogEntry[] =>
  Array.from({ length: count }, () => ({
    kind: 'note',
    instance: null,
    at: 0,
    tone: 'calm',
    text: 'x',
    denied: null,
  }));

test('a flood that nobody draws is held within its bounds', () => {
  const intake = createLogIntake();
  for (let batch = 0; batch < 100; batch += 1) intake.add({ phase: 'live', entries: notes(400) });
  expect(intake.stream.buffer.entries).toHaveLength(mostEntries);
  expect(intake.stream).toMatchObject({ phase: 'live', buffer: { dropped: 20_000, next: 40_000 } });
});

test('a stream that begins anew begins with nothing', () => {
  const intake = createLogIntake();
  intake.add({ phase: 'live', entries: notes(3) });
  intake.begin();
  expect(intake.stream).toMatchObject({ phase: 'asking', buffer: { entries: [], next: 0 } });
});

test('what is paused stands still while more is read, and not when reading begins anew', () => {
  const intake = createLogIntake();
  intake.begin();
  intake.add({ phase: 'live', entries: notes(300) });
  const paused = intake.stream;
  intake.add({ phase: 'live', entries: notes(4) });
  expect(pausedIn(paused, intake.stream)).toEqual({ entries: paused.buffer.entries, since: 4 });
  intake.begin();
  intake.add({ phase: 'past', entries: notes(2) });
  expect(pausedIn(paused, intake.stream)).toBeNull();
  expect(pausedIn(null, intake.stream)).toBeNull();
});

test('what was paused with nothing in it counts from there', () => {
  const intake = createLogIntake();
  intake.begin();
  const paused = intake.stream;
  intake.add({ phase: 'live', entries: notes(2) });
  expect(pausedIn(paused, intake.stream)).toEqual({ entries: [], since: 2 });
});
