import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startPodium } from '../e2e/podium.ts';
import { expect, test } from './desktop.ts';

const token = 'a-token-to-be-kept-7c1f';
const address = 'http://127.0.0.1:9';
const card = (page: Page) =>
  page.getByRole('button', { name: 'Connect to Consul at 127.0.0.1:9, read-only until unlocked' });
const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Connect to Consul' });

async function filesHolding(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  // What the window's browser keeps comes and goes.
  const held = paths.map(async (path) =>
    (await readFile(path).catch(() => '')).includes(text) ? [path] : [],
  );
  return (await Promise.all(held)).flat();
}

async function typeToken(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Consul…' }).click();
  await dialogOf(page).getByLabel('Address', { exact: true }).fill(address);
  await dialogOf(page).getByLabel('Token (optional)').fill(token);
}

test('E06 a token is kept by the keyring over a restart, is readable in no file, and is forgotten without a keyring', async ({
  page,
  dataFolder,
}) => {
  test.skip(process.env['PODIUM_ELECTRON'] !== undefined, 'needs the keyring of the stand-in');
  const withKeyring = { dataFolder, env: { STAND_IN_KEYRING: 'gnome_libsecret' } };
  const first = await startPodium(withKeyring);
  await page.goto(first.url);
  await typeToken(page);
  const keep = dialogOf(page).getByRole('checkbox', { name: /^Remember the secrets on this computer/ });
  await expect(keep, 'only where it was asked for').not.toBeChecked();
  await dialogOf(page).getByText('Remember the secrets on this computer').click();
  await expect(keep).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page.getByText(`Nothing listens at ${address}`)).toBeVisible();
  expect(await filesHolding(dataFolder, token)).toEqual([]);
  await first.stop();
  expect(await filesHolding(dataFolder, token)).toEqual([]);

  const second = await startPodium(withKeyring);
  await page.goto(second.url);
  await card(page).click();
  await expect(page.getByText(`Nothing listens at ${address}`), 'it is not asked for again').toBeVisible();
  await second.stop();

  // A desktop whose keyring everybody can open.
  const third = await startPodium({ dataFolder });
  await page.goto(third.url);
  await card(page).click();
  await expect(dialogOf(page).getByText('Given before, and not kept: type it again.')).toBeVisible();
  await expect(dialogOf(page)).toContainText(
    'Secrets are kept in memory only, until Podium ends: this desktop has no keyring that Podium knows',
  );
  await expect(dialogOf(page).getByRole('checkbox', { name: /^Remember/ })).toHaveCount(0);
  await dialogOf(page).getByLabel('Token (optional)').fill(`${token}-2`);
  await page.keyboard.press('Enter');
  await expect(page.getByText(`Nothing listens at ${address}`)).toBeVisible();
  await third.stop();
  expect(await filesHolding(dataFolder, token)).toEqual([]);
});
