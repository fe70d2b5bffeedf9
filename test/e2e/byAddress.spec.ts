import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, startPodium, test } from './podium.ts';

test('a system is named by its address, said not to answer, changed, and forgotten', async ({ page }) => {
  const podium = await startPodium();
  await page.goto(podium.url);
  await page.getByRole('button', { name: 'Consul…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect to Consul' });
  await dialog.getByLabel('Address', { exact: true }).fill('not an address');
  await dialog.getByRole('button', { name: 'Connect, read-only' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Address');
  await dialog.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9');
  await dialog.getByLabel('Token (optional)').fill('a-secret-token');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing listens at http://127.0.0.1:9')).toBeVisible();

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Sources' }).click();
  await page.getByRole('button', { name: 'Connect another…' }).click();
  await page.getByRole('button', { name: 'Change Consul at 127.0.0.1:9' }).click();
  await expect(dialog.getByLabel('Address', { exact: true })).toHaveValue('http://127.0.0.1:9');
  await expect(dialog.getByLabel('Token (optional)')).toHaveValue('');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Forget Consul at 127.0.0.1:9' }).click();
  await expect(page.getByRole('button', { name: 'Change Consul at 127.0.0.1:9' })).toHaveCount(0);
  await podium.stop();
});

test('its token is in no file, before and after Podium ends', async ({ page }) => {
  const podium = await startPodium();
  await page.goto(podium.url);
  await page.getByRole('button', { name: 'Consul…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect to Consul' });
  await dialog.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9');
  await dialog.getByLabel('Token (optional)').fill('a-secret-token');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing listens at http://127.0.0.1:9')).toBeVisible();
  expect(await filesHolding(podium.dataFolder, 'a-secret-token')).toEqual([]);
  await podium.stop();
  expect(await filesHolding(podium.dataFolder, 'a-secret-token')).toEqual([]);
  expect(await filesHolding(podium.dataFolder, 'Consul at 127.0.0.1:9')).not.toEqual([]);

  const again = await startPodium({ dataFolder: podium.dataFolder });
  await page.goto(again.url);
  await page
    .getByRole('button', { name: 'Connect to Consul at 127.0.0.1:9, read-only until unlocked' })
    .click();
  await expect(
    page
      .getByRole('dialog', { name: 'Connect to Consul' })
      .getByText('Given before, and not kept: type it again.'),
  ).toBeVisible();
  await again.stop();
});

async function filesHolding(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const held = await Promise.all(
    // What the window's browser keeps comes and goes.
    paths.map(async (path) => ((await readFile(path).catch(() => '')).includes(text) ? [path] : [])),
  );
  return held.flat();
}
