import { expect, test } from 'vitest';
import type { LogEntry } from '../../../shared/model/log.ts';
import { emptyBuffer, mostEntries, withEntries } from './logBuffer.ts';

const note = (text: string): LogEntry => ({
  kind: 'note',
  instance: null,
  at: 0,
  tone: 'calm',
  text,
  denied: null,
});

test('beyond its size the oldest entries go, and are counted', () => {
  const first = withEntries(
    emptyBuffer,
    Array.from({ length: mostEntries }, (_, index) => note(String(index))),
  );
  const more = withEntries(first, [note('a'), note('b')]);
  expect(more.entries).toHaveLength(mostEntries);
  expect(more.dropped).toBe(2);
  expect(more.entries[0]).toMatchObject({ number: 2, entry: { text: '2' } });
  expect(more.entries.at(-1)).toMatchObject({ number: mostEntries + 1, entry: { text: 'b' } });
});

test('few entries of great length are as bounded as many short ones', () => {
  let buffer = emptyBuffer;
  for (let round = 0; round < 30; round += 1) buffer = withEntries(buffer, [note('x'.repeat(1024 * 1024))]);
  expect(buffer.entries.length).toBe(16);
  expect(buffer.dropped).toBe(14);
  expect(buffer.chars).toBe(16 * 1024 * 1024);
});

test('nothing new is no new buffer', () => {
  expect(withEntries(emptyBuffer, [])).toBe(emptyBuffer);
});
