import { join } from 'node:path';
import { handleOnMap, select } from '../e2e/steps.ts';
import { connect, expect, onMap, startAgain, startDesktop, test } from './desktop.ts';

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
