import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { dragTo, handleOnMap, select, unlock } from '../e2e/steps.ts';
import { connect, expect, onMap, startAgain, startDesktop, test } from './desktop.ts';
import { answerWith, asked, quit } from './power.ts';

test('the window opens, gets its line to the console, shows the map of the rehearsal, and is handed a later start’s link', async ({
  dataFolder,
}) => {
  await using desktop = await startDesktop(dataFolder, join(dataFolder, 'none'));
  const { page } = desktop;
  await page.getByRole('button', { name: 'Enter the rehearsal' }).click();
  await expect(onMap(page, 'payment')).toBeVisible({ timeout: 40_000 });
  await page.keyboard.press('Escape');
  await select(page, 'payment');
  await expect(handleOnMap(page)).toHaveAttribute('aria-valuenow', '70');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText(/rps/);

  expect(await startAgain(dataFolder, 'podium://service/shop/catalog'), 'there is one at a time').toBe(0);
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('catalog');
  expect(
    await startAgain(dataFolder, 'open', 'Rehearsal/shop/order', '--at', '00:00'),
    'a place by its names',
  ).toBe(0);
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('order');
  await desktop.app.evaluate(({ app }) =>
    app.emit('open-url', { preventDefault() {} }, 'podium://service/shop/payment'),
  );
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('payment');
  expect(await page.evaluate(() => location.hash), 'a reload is not to follow it again').toBe('');

  // A link that comes while something is being decided leaves that to be decided.
  await dragTo(page, handleOnMap(page), 80);
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const review = page.getByRole('dialog');
  await expect(review).toContainText('v1 70 → 80');
  const followed = page.waitForEvent('framenavigated', (frame) => frame.url().includes('catalog'));
  expect(await startAgain(dataFolder, 'podium://service/shop/catalog')).toBe(0);
  await followed;
  await expect.poll(() => page.evaluate(() => location.hash), 'it was followed').toBe('');
  await expect(review).toContainText('v1 70 → 80');
  await page.keyboard.press('Escape');
  await expect(review).toHaveCount(0);
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('catalog');
  await expect(page.getByRole('button', { name: /^Review the change/ }), 'nothing was dropped').toBeVisible();
});

test('a console that falls over is started again, the window says so and has a line to the next one', async ({
  dataFolder,
  fleet,
}) => {
  await using desktop = await startDesktop(dataFolder, fleet.kubeconfigFile);
  const { app, page } = desktop;
  await connect(page);
  const consoles = () =>
    app.evaluate(({ app: it }) =>
      it.getAppMetrics().flatMap(({ name, pid }) => (name === 'Podium console' ? [pid] : [])),
    );
  const [first] = await consoles();
  process.kill(first ?? 0, 'SIGKILL');
  await expect(page.getByText('Lost the console, trying again.')).toBeVisible();
  await expect(page.getByText('Lost the console, trying again.')).toHaveCount(0);
  await expect.poll(consoles).toHaveLength(1);
  expect(await consoles()).not.toEqual([first]);
  // The next console has no connection open, and says so over the new line.
  await expect(page.getByRole('button', { name: /^Connect to shop-rehearsal, / })).toBeVisible();
  await connect(page);
});

interface Standing {
  readonly bounds: object;
  readonly isMaximized: boolean;
  readonly zoom: number;
}
const standing = (app: ElectronApplication): Promise<readonly Standing[]> =>
  app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => ({
      bounds: window.getBounds(),
      isMaximized: window.isMaximized(),
      zoom: window.webContents.getZoomFactor(),
    })),
  );
const crash = (app: ElectronApplication): Promise<void> =>
  app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  );

test('the window is called by its cluster, stands and is as large as it was left, on a screen that is there, and is opened again when its page falls', async ({
  dataFolder,
  fleet,
}) => {
  const bounds = { x: 2000, y: 80, width: 1200, height: 700 };
  {
    const screens = { STAND_IN_SCREENS: '0,0,1600,900;1600,0,1920,1080' };
    await using first = await startDesktop(dataFolder, fleet.kubeconfigFile, [], screens);
    const { app, page } = first;
    expect(await standing(app)).toEqual([
      { bounds: { x: 80, y: 0, width: 1440, height: 900 }, isMaximized: false, zoom: 1 },
    ]);
    await connect(page);
    await expect(page).toHaveTitle('shop-rehearsal – Podium');
    await unlock(page, 'shop-rehearsal');
    await expect(page).toHaveTitle('shop-rehearsal (unlocked) – Podium');
    await app.evaluate(({ BrowserWindow }, to) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds(to);
      window?.webContents.setZoomFactor(1.5);
    }, bounds);

    await answerWith(app, 0);
    const reopened = app.waitForEvent('window');
    await crash(app);
    const next = await reopened;
    await expect(onMap(next, 'payment'), 'the console went on').toBeVisible({ timeout: 40_000 });
    await expect(next).toHaveTitle('shop-rehearsal (unlocked) – Podium');
    await expect.poll(() => standing(app)).toEqual([{ bounds, isMaximized: false, zoom: 1.5 }]);
    expect(await asked(app), 'one that falls for once is opened again').toEqual([]);
    const again = app.waitForEvent('window');
    await crash(app);
    await expect(onMap(await again, 'payment')).toBeVisible({ timeout: 40_000 });
    expect(await asked(app), 'one that falls again at once is asked about').toEqual([
      expect.stringMatching(/^Podium’s window ended by itself again\n.*crashed.*\nOpen it again \| Quit$/s),
    ]);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.maximize());
    await quit(app);
    expect(await first.ended).toBe(0);
  }
  // The screen that it stood on is not there any more.
  await using second = await startDesktop(dataFolder, fleet.kubeconfigFile, [], {
    STAND_IN_SCREENS: '0,0,1024,600',
  });
  await expect
    .poll(() => standing(second.app))
    .toEqual([{ bounds: { x: 0, y: 0, width: 1024, height: 600 }, isMaximized: true, zoom: 1.5 }]);
});
