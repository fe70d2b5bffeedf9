import { expect, test } from 'vitest';
import { detailAt, leastFit, leastZoomOf, legibleZoom, midTextAt } from './zoomLevels.ts';

const frame = { width: 1000, height: 700 };

test('a small map cannot be zoomed out until its names are specks', () => {
  expect(leastZoomOf([{ x: 0, y: 0, width: 900, height: 600 }], frame)).toBe(0.3);
});

test('a large map can be zoomed out until all of it is seen with room around', () => {
  const least = leastZoomOf(
    [
      { x: -2000, y: 0, width: 176, height: 58 },
      { x: 1824, y: 900, width: 176, height: 58 },
    ],
    frame,
  );
  expect(least).toBeCloseTo(0.15);
  expect(least).toBeLessThan(frame.width / 4000);
});

test('a huge map stops at what can be made out at all', () => {
  expect(leastZoomOf([{ x: 0, y: 0, width: 90_000, height: 600 }], frame)).toBe(0.1);
});

test('a fit by itself leaves figures legible, except for a few cards that can all be seen by name', () => {
  expect(leastFit(40, 0.5)).toBe(legibleZoom);
  expect(leastFit(5, 0.5)).toBe(0.5);
  expect(leastFit(5, 0.3)).toBe(legibleZoom);
  expect(leastFit(5, 1.1)).toBe(legibleZoom);
});

test('a card says its figures as far out as a fit goes by itself, and only its name beyond', () => {
  expect(detailAt(legibleZoom)).toBe('mid');
  expect(detailAt(0.5)).toBe('far');
});

test('words of a middling picture are 11 to 12.5 px on the screen', () => {
  for (const zoom of [legibleZoom, 0.68, 0.69, 0.76, 0.77, 0.85]) {
    expect(midTextAt(zoom) * zoom).toBeGreaterThan(11);
    expect(midTextAt(zoom) * zoom).toBeLessThan(12.5);
  }
});
