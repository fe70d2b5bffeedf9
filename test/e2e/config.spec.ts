import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import { press, reach } from './instances.ts';
import { expect, test } from './podium.ts';
import { openPage, rung, select, tabTo, unlock } from './steps.ts';

const settings = '/api/v1/namespaces/shop/configmaps/payment-settings';
const dialog = (page: Page): Locator => page.getByRole('dialog');
const row = (page: Page, name: string): Locator => page.getByRole('treegrid').getByRole('row', { name });

/** The configuration page of payment, by way of its inspector. */
async function openConfig(page: Page): Promise<void> {
  await select(page, 'payment');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('tab', { name: 'Config' }).click();
  await inspector.getByRole('button', { name: 'Open Config' }).click();
  await expect(page.getByRole('heading', { name: 'Config', exact: true })).toBeVisible();
}

/** Every file of a folder and of those in it, as text. */
async function filesIn(folder: string): Promise<{ name: string; text: string }[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async ({ parentPath, name }) => ({
        name,
        text: await readFile(join(parentPath, name), 'latin1'),
      })),
  );
}

async function seeRolledOut(page: Page): Promise<void> {
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await expect(
    rung(page, 'Loaded').or(rung(page, 'Measured')).filter({ hasText: ': seen' }).first(),
  ).toBeVisible({
    timeout: 60_000,
  });
}

test('an entry is edited, restarted into its processes, and put back', async ({ map: page, fleet }) => {
  const before = (await fleet.read(settings)) as unknown as { data: Record<string, string> };
  await unlock(page, 'shop-rehearsal');
  await openConfig(page);
  await row(page, 'BANK_TIMEOUT').click();
  await expect(page.getByText('needs a rollout restart of 2 workloads')).toBeVisible();
  await page.getByRole('textbox', { name: 'Value of BANK_TIMEOUT' }).fill('3s');
  const bar = page.getByRole('region', { name: 'Pending edit' });
  await expect(bar).toContainText('1 entry changed on shop-rehearsal');
  await expect(bar.getByRole('checkbox', { name: /^restart payment-v1, payment-v2 with it/ })).toBeChecked();
  await bar.getByRole('button', { name: 'Review…' }).click();
  await expect(dialog(page)).toContainText('BANK_TIMEOUT: 3s');
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await seeRolledOut(page);
  await expect(bar).toHaveCount(0);
  await dialog(page).getByRole('button', { name: 'Undo…' }).click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  const after = (await fleet.read(settings)) as unknown as { data: Record<string, string> };
  expect(after.data).toEqual(before.data);
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(page.getByRole('list', { name: 'Versions' }).getByRole('listitem').first()).toBeVisible();
});

test('the same by keyboard alone', async ({ map: page, fleet }) => {
  await unlock(page, 'shop-rehearsal');
  await openConfig(page);
  await tabTo(page, page.getByRole('treegrid').getByRole('row').first());
  await page.keyboard.type('BANK_POOL');
  await expect(row(page, 'BANK_POOL_SIZE')).toBeFocused();
  await page.keyboard.press('Enter');
  const editor = page.getByRole('textbox', { name: 'Value of BANK_POOL_SIZE' });
  await tabTo(page, editor);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('5');
  await page.keyboard.press('Escape');
  const bar = page.getByRole('region', { name: 'Pending edit' });
  await tabTo(page, bar.getByRole('button', { name: 'Review…' }));
  await page.keyboard.press('Enter');
  await tabTo(page, dialog(page).getByRole('button', { name: 'Apply' }));
  await page.keyboard.press('Enter');
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await tabTo(page, dialog(page).getByRole('button', { name: 'Undo…' }));
  await page.keyboard.press('Enter');
  await tabTo(page, dialog(page).getByRole('button', { name: 'Apply' }));
  await page.keyboard.press('Enter');
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  expect(await fleet.read(settings)).toMatchObject({ data: { BANK_POOL_SIZE: '4' } });
});

test('a secret is covered until asked for, and errors of YAML are said at their line', async ({
  map: page,
  podium,
}) => {
  await openConfig(page);
  await row(page, 'api-key').click();
  await page.getByRole('button', { name: 'Show the value of api-key' }).click();
  const value = page.getByLabel('Value of api-key', { exact: true });
  await expect(value).toHaveText(/^.{16}$/);
  await page.getByRole('button', { name: 'Copy…' }).click();
  await expect(page.getByRole('group', { name: 'Copy the value?' })).toBeVisible();
  await page.getByRole('button', { name: 'No', exact: true }).click();
  await page.getByRole('button', { name: 'Cover' }).click();
  await expect(value).toHaveCount(0);

  // By keyboard alone it is shown once more, and copied.
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await reach(page, page.getByRole('button', { name: 'Show the value of api-key' }));
  await page.keyboard.press('Enter');
  await press(page, page.getByRole('button', { name: 'Copy…' }));
  await press(page, page.getByRole('button', { name: 'Copy it' }));
  await expect(page.getByText('On the clipboard now.')).toBeVisible();
  // The page itself may not read the clipboard: a hand pastes.
  const typed = page.getByLabel('New value of api-key');
  await reach(page, typed);
  await page.keyboard.press('ControlOrMeta+v');
  await expect(typed).toHaveValue('rehearsal-only-2');
  await typed.fill('');
  await press(page, page.getByRole('button', { name: 'Cover' }));

  await row(page, 'payment-settings').click();
  await page.getByRole('tab', { name: 'YAML' }).click();
  const editor = page.getByRole('textbox', { name: 'ConfigMap shop/payment-settings as YAML' });
  await editor.press('Control+End');
  await page.keyboard.type('  RETRIES: 3\n');
  await expect(page.getByRole('list', { name: 'What is wrong' })).toContainText('RETRIES must be text');
  const bar = page.getByRole('region', { name: 'Pending edit' });
  await expect(bar.getByRole('button', { name: 'Review…' })).toBeDisabled();
  await bar.getByRole('button', { name: 'Discard' }).click();
  await expect(editor).not.toContainText('RETRIES');
  // Neither what was shown nor what was copied is in anything that Podium keeps.
  const kept = await filesIn(podium.dataFolder);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter(({ text }) => text.includes('rehearsal-only-2')).map(({ name }) => name)).toEqual([]);
});

test('a value is found over all services and leads to its document', async ({ map: page }) => {
  await openPage(page, 'Config');
  await page.getByRole('textbox', { name: 'Find a key or a value in all services' }).fill('BANK_URL');
  await page.keyboard.press('Enter');
  const found = page.getByRole('list', { name: 'Found' });
  await expect(found).toContainText('ConfigMap shop/payment-settings');
  await found.getByRole('button', { name: 'Open payment-settings for payment' }).first().click();
  await expect(page.getByRole('textbox', { name: 'Value of BANK_URL' })).toContainText(
    'bank-api.example.com',
  );
});

test('a line that is found in a long value is gone to, by keyboard alone', async ({ map: page, fleet }) => {
  const lines = Array.from({ length: 400 }, (_, index) => `setting${index}: ${index}`);
  lines[321] = 'quota: NEEDLE-77';
  await fleet.patch('/api/v1/namespaces/shop/configmaps/order-settings', [
    { op: 'add', path: '/data/long.yaml', value: lines.join('\n') },
  ]);
  await openPage(page, 'Config');
  await tabTo(page, page.getByRole('textbox', { name: 'Find a key or a value in all services' }));
  await page.keyboard.type('needle-77');
  await page.keyboard.press('Enter');
  const found = page.getByRole('list', { name: 'Found' });
  await tabTo(page, found.getByRole('button', { name: 'Open order-settings for order' }));
  await page.keyboard.press('Enter');
  const editor = page.getByRole('textbox', { name: 'Value of long.yaml' });
  await expect(editor).toBeFocused();
  await expect(editor.getByText('quota: NEEDLE-77')).toBeInViewport();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('NEEDLE-77');
});

test('a route’s time-out is found in a document of the mesh, edited as text, and put back', async ({
  map: page,
  fleet,
}) => {
  const path = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/payment';
  const before = await fleet.read(path);
  await unlock(page, 'shop-rehearsal');
  await openPage(page, 'Config');
  await page.getByRole('textbox', { name: 'Find a key or a value in all services' }).fill('connect-failure');
  await page.keyboard.press('Enter');
  const found = page.getByRole('list', { name: 'Found' });
  await expect(found).toContainText('VirtualService shop/payment · spec.http.0.retries.retryOn');
  await found.getByRole('button', { name: 'Open payment for payment' }).click();

  const pane = page.getByRole('region', { name: 'VirtualService shop/payment' });
  await expect(pane).toContainText('hot: it takes effect without a restart');
  await expect(pane.getByRole('textbox', { name: 'VirtualService shop/payment as YAML' })).toBeFocused();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('connect-failure');
  const editor = pane.getByRole('textbox', { name: 'VirtualService shop/payment as YAML' });
  await editor.getByText('timeout: 6s', { exact: true }).click();
  await expect(pane).toContainText('spec.http.timeout How long a request may take');
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('5s');
  const bar = page.getByRole('region', { name: 'Pending edit' });
  await expect(bar).toContainText('text edited on shop-rehearsal');
  await bar.getByRole('button', { name: 'Review…' }).click();
  await expect(dialog(page)).toContainText('timeout: 5s');
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await expect(bar).toHaveCount(0);
  expect(await fleet.read(path)).toMatchObject({ spec: { http: [{ timeout: '5s' }] } });
  await dialog(page).getByRole('button', { name: 'Undo…' }).click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  expect((await fleet.read(path)).spec).toEqual(before.spec);
  await expect(editor.getByText('timeout: 6s', { exact: true })).toBeVisible();
  await page.getByRole('tab', { name: 'History' }).click();
  const versions = page.getByRole('list', { name: 'Versions' });
  await expect(versions).toContainText('Podium’s journal');
  await expect(versions).toContainText('managedFields');
});

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme, viewport: { width: 1024, height: 700 } });

    test(`configuration is accessible in a small window, ${colorScheme}`, async ({ map: page }) => {
      await openConfig(page);
      await expectNoFindings(page, 'Config');
      await row(page, 'payment-features').click();
      for (const tab of ['Entries', 'YAML', 'History', 'Compare']) {
        await page.getByRole('tab', { name: tab }).click();
        await expectNoFindings(page, `Config, ${tab}`);
      }
      await row(page, 'api-key').click();
      await page.getByRole('button', { name: /^Show the value/ }).click();
      await expectNoFindings(page, 'a secret that is shown');
    });
  });
}
