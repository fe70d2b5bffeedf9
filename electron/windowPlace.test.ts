import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepPlace, placeOn, readPlace } from './windowPlace.ts';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const beside = { x: 1440, y: 0, width: 2560, height: 1440 };
const last = {
  bounds: { x: 1800, y: 100, width: 1600, height: 1000 },
  isMaximized: false,
  zoomFactor: 1.2,
};
const at = (x: number, y: number) => ({ ...last, bounds: { ...last.bounds, x, y } });

test('a window opens where the last one stood, as long as that screen is there', () => {
  expect(placeOn([laptop, beside], last)).toEqual(last);
  // Its own screen was taken away.
  expect(placeOn([laptop], last)).toEqual({ ...last, bounds: { x: 0, y: 25, width: 1440, height: 875 } });
});

test('a window whose title bar nobody could grasp is put in the middle of the first screen', () => {
  const middle = placeOn([beside], at(9_000, 9_000));
  expect(middle.bounds).toEqual({ x: 1920, y: 220, width: 1600, height: 1000 });
  // Above the screen, below it, and with no more than its edge on it.
  for (const lost of [at(1800, -200), at(1800, 1435), at(-110, 100), at(3960, 100)])
    expect(placeOn([beside], lost), JSON.stringify(lost.bounds)).toEqual(middle);
  // Half of it beside the screen is as somebody left it.
  expect(placeOn([beside], at(3_500, 100))).toEqual(at(3_500, 100));
});

test('a window of which nothing was kept is as large as its screen lets it be', () => {
  expect(placeOn([beside], null).bounds).toEqual({ x: 2000, y: 270, width: 1440, height: 900 });
  expect(placeOn([laptop], null).bounds).toEqual(laptop);
  expect(placeOn([], null)).toEqual({
    bounds: { x: 0, y: 0, width: 1440, height: 900 },
    isMaximized: false,
    zoomFactor: 1,
  });
});

test('a place is kept in its folder, and a file that holds none counts for nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'podium-place-'));
  try {
    expect(readPlace(folder)).toBeNull();
    keepPlace(folder, last);
    expect(readPlace(folder)).toEqual(last);
    for (const text of [
      '',
      'null',
      '[]',
      JSON.stringify({ ...last, bounds: { ...last.bounds, width: 1e99 } }),
      JSON.stringify({ ...last, bounds: { ...last.bounds, height: 3 } }),
      JSON.stringify({ ...last, zoomFactor: 40 }),
      JSON.stringify({ ...last, isMaximized: 'yes' }),
    ]) {
      writeFileSync(join(folder, 'place.json'), text);
      expect(readPlace(folder), text).toBeNull();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
