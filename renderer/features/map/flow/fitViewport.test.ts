import { expect, test } from 'vitest';
import { fitViewport, revealViewport } from './fitViewport.ts';

const free = { x: 20, y: 50, width: 1000, height: 600, corner: null };
const covered = { ...free, corner: { width: 264, height: 200 } };
const limits = { minZoom: 0.1, maxZoom: 1, keep: null };
const at = (x: number, y: number) => ({ x, y, width: 176, height: 58 });

test('a small map is shown no larger than asked, in the middle', () => {
  const view = fitViewport([at(0, 0)], free, limits);
  expect(view.zoom).toBe(1);
  expect(view.x).toBe(20 + (1000 - 176) / 2);
});

test('a large map is shown whole', () => {
  const view = fitViewport([at(0, 0), at(3000, 900)], free, limits);
  expect(view.x).toBeGreaterThanOrEqual(20);
  expect((3000 + 176) * view.zoom + view.x).toBeLessThanOrEqual(1020.001);
});

test('nothing is left under what covers the corner', () => {
  const view = fitViewport([at(0, 500), at(600, 0)], covered, limits);
  const corner = { x: view.x, y: (500 + 58) * view.zoom + view.y };
  expect(corner.x >= 20 + 264 || corner.y <= 650 - 200).toBe(true);
});

test('what lies clear of the corner is not moved for it', () => {
  const boxes = [at(0, 0), at(600, 300)];
  const small = { ...free, corner: { width: 100, height: 40 } };
  expect(fitViewport(boxes, small, limits)).toEqual(fitViewport(boxes, free, limits));
});

test('where words would become too small, what is kept is in view and no room is wasted beyond the edges', () => {
  const boxes = [at(0, 0), at(3000, 0)];
  const keep = at(3000, 0);
  const view = fitViewport(boxes, free, { minZoom: 0.7, maxZoom: 1, keep });
  expect(view.zoom).toBe(0.7);
  expect((3000 + 176) * 0.7 + view.x).toBeCloseTo(1020);
  expect(fitViewport(boxes, free, { minZoom: 0.7, maxZoom: 1, keep: null }).x).toBe(20);
});

test('a card beyond an edge is brought in by the least move, and one in view moves nothing', () => {
  const view = { x: 0, y: 0, zoom: 1 };
  expect(revealViewport(at(100, 100), view, free)).toEqual(view);
  expect(revealViewport(at(1000, 100), view, free)).toEqual({ x: 1020 - 1176, y: 0, zoom: 1 });
  expect(revealViewport(at(100, 0), view, free)).toEqual({ x: 0, y: 50, zoom: 1 });
});

test('a card under what covers the corner is moved out from under it', () => {
  const view = { x: 0, y: 0, zoom: 1 };
  const moved = revealViewport(at(250, 580), view, covered);
  expect(moved).toEqual({ x: 20 + 264 + 12 - 250, y: 0, zoom: 1 });
});
