import { join } from 'node:path';
import { handleOnMap, select } from '../e2e/steps.ts';
import { expect, startDesktop, test } from './desktop.ts';

test('the window opens, gets its line to the console, and shows the map of the rehearsal', async ({
  dataFolder,
}) => {
  await using desktop = await startDesktop(dataFolder, join(dataFolder, 'none'));
  const { page } = desktop;
  await page.getByRole('button', { name: 'Enter the rehearsal' }).click();
  await expect(
    page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / }),
  ).toBeVisible({ timeout: 40_000 });
  await page.keyboard.press('Escape');
  await select(page, 'payment');
  await expect(handleOnMap(page)).toHaveAttribute('aria-valuenow', '70');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText(/rps/);
});
