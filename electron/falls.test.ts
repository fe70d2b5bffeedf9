import type { BrowserWindow } from 'electron/main';
import { expect, test, vi } from 'vitest';
import { isNothingShown } from './falls.ts';

vi.mock('electron/main', () => import('../test/stand-ins/electron/main.ts'));

test('a window whose page fell shows nothing, as if it were closed', () => {
  const window = (isCrashed: boolean) => ({ webContents: { isCrashed: () => isCrashed } }) as BrowserWindow;
  expect(isNothingShown([])).toBe(true);
  expect(isNothingShown([window(true)])).toBe(true);
  expect(isNothingShown([window(true), window(false)])).toBe(false);
});
