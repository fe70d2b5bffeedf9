import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rectangle } from 'electron/main';

/** Where a window stood, and how. */
export interface WindowPlace {
  readonly bounds: Rectangle;
  readonly isMaximized: boolean;
  readonly zoomFactor: number;
}

const usual = { width: 1440, height: 900 };
/** As much of a title bar as a hand needs to drag it. */
const graspable = { width: 120, height: 24 };

/**
 * Where the next window stands: where the last one stood, or in the middle of the first screen where that place is on no screen any
 * more. It is never larger than its screen.
 */
export function placeOn(screens: readonly Rectangle[], last: WindowPlace | null): WindowPlace {
  const first = screens[0] ?? { x: 0, y: 0, ...usual };
  if (last === null) return { bounds: centred(usual, first), isMaximized: false, zoomFactor: 1 };
  const { bounds } = last;
  const titleBar = { ...bounds, height: graspable.height };
  const screen = screens.find((each) => {
    const { width, height } = overlap(titleBar, each);
    return width >= graspable.width && height >= graspable.height;
  });
  if (screen === undefined) return { ...last, bounds: centred(bounds, first) };
  const { width, height } = fitting(bounds, screen);
  return { ...last, bounds: { x: bounds.x, y: bounds.y, width, height } };
}

const fitting = (size: Pick<Rectangle, 'width' | 'height'>, screen: Rectangle) => ({
  width: Math.min(size.width, screen.width),
  height: Math.min(size.height, screen.height),
});

function centred(size: Pick<Rectangle, 'width' | 'height'>, screen: Rectangle): Rectangle {
  const { width, height } = fitting(size, screen);
  const x = screen.x + Math.round((screen.width - width) / 2);
  const y = screen.y + Math.round((screen.height - height) / 2);
  return { x, y, width, height };
}

function overlap(a: Rectangle, b: Rectangle): { readonly width: number; readonly height: number } {
  return {
    width: Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
    height: Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
  };
}

const fileIn = (folder: string): string => join(folder, 'place.json');

/** What was kept; null where nothing is, or nothing of use. */
export function readPlace(folder: string): WindowPlace | null {
  try {
    const { bounds, isMaximized, zoomFactor } = JSON.parse(
      readFileSync(fileIn(folder), 'utf8'),
    ) as WindowPlace;
    const { x, y, width, height } = bounds;
    if (![x, y, width, height].every((each) => Number.isSafeInteger(each))) return null;
    if (width < 100 || height < 100 || typeof isMaximized !== 'boolean') return null;
    if (!(zoomFactor >= 0.25 && zoomFactor <= 5)) return null;
    return { bounds: { x, y, width, height }, isMaximized, zoomFactor };
  } catch {
    return null;
  }
}

/** Keeps it for the next start. A disk that is full loses a window's place and nothing else. */
export function keepPlace(folder: string, place: WindowPlace): void {
  try {
    writeFileSync(`${fileIn(folder)}.new`, JSON.stringify(place), { mode: 0o600 });
    renameSync(`${fileIn(folder)}.new`, fileIn(folder));
  } catch (error) {
    process.stderr.write(`The window’s place was not kept: ${String(error)}\n`);
  }
}
