import { expect, test } from 'vitest';
import { edgeWidthPx } from './edgeLook.ts';

test('a line grows with the rate and never out of bounds', () => {
  const widths = [null, 0, 1, 6, 200, 640, 1e9].map(edgeWidthPx);
  expect(widths).toEqual([...widths].sort((a, b) => a - b));
  expect(widths[0]).toBe(1);
  expect(widths.at(-1)).toBe(5);
});
