import { expect, test } from 'vitest';
import type { LogEntry } from '../model/log.ts';
import { mergeLogs } from './mergeLogs.ts';

const line = (instance: string, at: number | null, text: string): LogEntry => ({
  kind: 'line',
  connectionId: 'c',
  namespace: 'shop',
  instance,
  container: 'app',
  at,
  stamp: '',
  text,
  missingChars: 0,
});
const texts = (entries: readonly LogEntry[]): string[] => entries.map(({ text }) => text);

test('lines of several instances come in the order of their times', () => {
  const merged = mergeLogs([
    [line('a', 1, 'a1'), line('a', 4, 'a4')],
    [line('b', 2, 'b2'), line('b', 3, 'b3')],
  ]);
  expect(texts(merged)).toEqual(['a1', 'b2', 'b3', 'a4']);
});

test('no instance’s own order is changed, whatever its lines say of the time', () => {
  const merged = mergeLogs([
    [line('a', 5, 'one'), line('a', 3, 'two'), line('a', null, 'three')],
    [line('b', 4, 'other')],
  ]);
  expect(texts(merged)).toEqual(['other', 'one', 'two', 'three']);
});
