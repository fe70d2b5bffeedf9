import { Text } from '@codemirror/state';
import { expect, test } from 'vitest';
import { findingMarks } from './findingMarks.ts';

test('several findings of one line are all marked, in whatever order they come', () => {
  const doc = Text.of(['apiVersion: v1', '', 'kind: X']);
  const finding = (line: number | null, text: string, severity: 'error' | 'warning' = 'error') => ({
    line,
    text,
    severity,
  });
  const marks = findingMarks(
    [
      finding(3, 'c'),
      finding(1, 'a', 'warning'),
      finding(1, 'b'),
      finding(2, 'x'),
      finding(2, 'y'),
      finding(9, 'gone'),
      finding(null, 'all'),
    ],
    doc,
  );
  const places: [number, string][] = [];
  marks.between(0, doc.length, (from, _to, { spec }) => {
    places.push([from, (spec as { class?: string }).class ?? 'note']);
  });
  expect(places).toEqual([
    [0, 'codeLine error'],
    [14, 'note'],
    [14, 'note'],
    [15, 'codeLine error'],
    [15, 'note'],
    [15, 'note'],
    [16, 'codeLine error'],
    [23, 'note'],
  ]);
});
