import { expect, test } from 'vitest';
import { fitViewport } from './fitViewport.ts';

const frame = { width: 1000, height: 700 };
const covered = { width: 264, height: 200 };
const at = (x: number, y: number) => ({ x, y, width: 176, height: 58 });

test('a small map is shown no larger than life, in the middle', () => {
  const view = fitViewport([at(0, 0)], frame, null, 0.1);
  expect(view.zoom).toBe(1);
  expect(view.x).toBe((1000 - 176) / 2);
});

test('a large map is shown whole', () => {
  const view = fitViewport([at(0, 0), at(3000, 900)], frame, null, 0.1);
  expect(view.x).toBeGreaterThanOrEqual(0);
  expect((3000 + 176) * view.zoom + view.x).toBeLessThanOrEqual(1000);
});

test('nothing is left under what covers the corner', () => {
  const boxes = [at(0, 500), at(600, 0)];
  const view = fitViewport(boxes, frame, covered, 0.1);
  const corner = { x: 0 * view.zoom + view.x, y: (500 + 58) * view.zoom + view.y };
  expect(corner.x >= covered.width || corner.y <= frame.height - covered.height).toBe(true);
});

test('what lies clear of the corner is not moved for it', () => {
  const boxes = [at(0, 0), at(600, 300)];
  expect(fitViewport(boxes, frame, { width: 100, height: 40 }, 0.1)).toEqual(
    fitViewport(boxes, frame, null, 0.1),
  );
});
