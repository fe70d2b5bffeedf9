import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { openCall, rung, unlock } from '../e2e/steps.ts';
import { connect, expect, startDesktop, test } from './desktop.ts';
import { answerWith, asked, holdsOnSleep, quit } from './power.ts';

const inventory = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/inventory';
const chip = (page: Page): Locator => page.getByRole('banner').getByRole('button', { name: /held/ });
const [stay, leave] = [0, 1];
/** Of a window that fell again: open it again, or quit. */
const endIt = 1;

/** Refuses catalog's calls to inventory, for five minutes. */
async function trip(page: Page): Promise<void> {
  await unlock(page, 'shop-rehearsal');
  await openCall(page, 'catalog', 'inventory');
  await page.getByRole('complementary', { name: 'Inspector' }).getByRole('button', { name: 'Trip…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Why' }).fill('inventory is slow');
  await dialog.getByRole('button', { name: 'Review…' }).click();
  await dialog.getByRole('button', { name: 'Apply trip for 5 min' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(chip(page)).toContainText('1 trip held');
}

async function endTrip(page: Page): Promise<void> {
  await chip(page).click();
  await page
    .getByRole('dialog', { name: 'Held trips' })
    .getByRole('button', { name: /^End the trip/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  await expect(chip(page)).toHaveCount(0);
}

/** Has the page end by itself; gives the window that is opened for it. */
async function fall(app: ElectronApplication): Promise<Page> {
  const reopened = app.waitForEvent('window');
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find(({ webContents }) => !webContents.isCrashed())
      ?.webContents.forcefullyCrashRenderer(),
  );
  return reopened;
}

const windowsOf = (app: ElectronApplication): Promise<number> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test('while a trip is held the machine is kept awake and quitting asks; who stays keeps the window, who leaves finds the trip at the next start', async ({
  dataFolder,
  fleet,
}) => {
  const before = (await fleet.read(inventory)).spec;
  await using first = await startDesktop(dataFolder, fleet.kubeconfigFile);
  const { app, page } = first;
  await connect(page);
  expect(await holdsOnSleep(app)).toBe(0);
  await trip(page);
  await expect.poll(() => holdsOnSleep(app)).toBe(1);

  await answerWith(app, stay);
  await quit(app);
  expect(await asked(app)).toEqual([
    expect.stringMatching(/^A trip is still held\n.*catalog.*inventory.*\nStay \| Quit and leave them$/s),
  ]);
  await expect(chip(page), 'the window is there, and its line').toContainText('1 trip held');
  const reopened = app.waitForEvent('window');
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect(chip(await reopened), 'who stays after closing the window gets another').toContainText(
    '1 trip',
  );
  expect(await asked(app)).toHaveLength(2);
  expect(await holdsOnSleep(app), 'one hold is enough').toBe(1);

  await answerWith(app, leave);
  await quit(app);
  expect(await first.ended).toBe(0);
  expect((await fleet.read(inventory)).spec, 'it was left').not.toEqual(before);

  await using second = await startDesktop(dataFolder, fleet.kubeconfigFile);
  await answerWith(second.app, stay);
  // The cluster that holds it is opened again before anybody asks.
  await expect(chip(second.page)).toContainText('1 trip held', { timeout: 40_000 });
  expect(await holdsOnSleep(second.app)).toBe(1);
  await unlock(second.page, 'shop-rehearsal');
  await endTrip(second.page);
  expect((await fleet.read(inventory)).spec).toEqual(before);
  await expect.poll(() => holdsOnSleep(second.app), 'the machine may sleep again').toBe(0);
  // A question would keep it, for it is answered with "Stay".
  await quit(second.app);
  expect(await second.ended, 'nothing is held, nothing is asked').toBe(0);
});

test('a window that falls twice asks; who would quit over a held trip and stays gets a window that shows it', async ({
  dataFolder,
  fleet,
}) => {
  const before = (await fleet.read(inventory)).spec;
  await using desktop = await startDesktop(dataFolder, fleet.kubeconfigFile);
  const { app, page } = desktop;
  await connect(page);
  await trip(page);

  await answerWith(app, endIt, stay);
  const second = await fall(app);
  await expect(chip(second), 'one that falls for once is opened again').toContainText('1 trip held');
  expect(await asked(app)).toEqual([]);

  const third = await fall(app);
  await expect(chip(third), 'it is there to see the trip end').toContainText('1 trip held');
  expect(await asked(app)).toEqual([
    expect.stringMatching(/^Podium’s window ended by itself again\n.*\nOpen it again \| Quit$/s),
    expect.stringMatching(/^A trip is still held\n.*catalog.*inventory.*\nStay \| Quit and leave them$/s),
  ]);
  await expect.poll(() => windowsOf(app), 'what fell is gone').toBe(1);
  expect(await holdsOnSleep(app), 'the machine is kept awake for it').toBe(1);
  expect((await fleet.read(inventory)).spec, 'nobody ended it').not.toEqual(before);

  await endTrip(third);
  expect((await fleet.read(inventory)).spec).toEqual(before);
  await quit(app);
  expect(await desktop.ended, 'nothing is held, nothing is asked').toBe(0);
});
