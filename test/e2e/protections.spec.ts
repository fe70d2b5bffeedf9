import type { Locator, Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import { expect, test } from './podium.ts';
import { rung, select, unlock } from './steps.ts';

const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const dialog = (page: Page): Locator => page.getByRole('dialog');

test('a call that lacks a limit is found by its traffic, and its form opens with a value to review', async ({
  map: page,
}) => {
  await unlock(page, 'shop-rehearsal');
  await page.getByRole('button', { name: 'Unprotected' }).click();
  await expect(dialog(page).getByRole('heading', { name: 'Calls that lack protection' })).toBeVisible();
  const rates = await dialog(page).getByRole('row').locator('td:nth-child(2)').allTextContents();
  const known = rates.map(Number).filter(Number.isFinite);
  expect(known.length).toBeGreaterThan(3);
  expect(known).toEqual([...known].sort((a, b) => b - a));

  await dialog(page).getByRole('button', { name: 'Set a limit… for order → inventory' }).click();
  await expect(dialog(page).getByRole('heading', { name: 'Protections of inventory' })).toBeVisible();
  await expect(dialog(page).getByText(/^Proposed: four times the calls/)).toBeVisible();
  const limit = dialog(page).getByRole('textbox', { name: /^http2MaxRequests/ });
  await expect(limit).toHaveValue(/^[1-9]\d+$/);
  const proposed = await limit.inputValue();
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await expect(dialog(page)).toContainText(`http2MaxRequests: ${proposed}`);
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
  await page.keyboard.press('Escape');

  await select(page, 'inventory');
  await inspector(page).getByRole('tab', { name: 'Protections' }).click();
  await expect(inspector(page).getByText(`at most ${proposed} requests at once`)).toBeVisible({
    timeout: 20_000,
  });
  const callsIn = inspector(page).getByRole('region', { name: 'Calls to inventory' });
  await expect(callsIn.getByText('no fallback')).toBeVisible();
  await expect(callsIn.getByText('no limit')).toHaveCount(0);
});

test('a form says its traps at once, keeps to what the peer takes, and is filled in by keyboard', async ({
  map: page,
}) => {
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await inspector(page).getByRole('tab', { name: 'Protections' }).click();
  const edit = inspector(page).getByRole('button', { name: 'Edit protections…' });
  await edit.focus();
  await page.keyboard.press('Enter');
  const review = dialog(page).getByRole('button', { name: 'Review…' });
  await expect(review).toBeDisabled();
  const limit = dialog(page).getByRole('textbox', { name: /^http2MaxRequests/ });
  if ((await limit.count()) === 0) {
    await dialog(page).getByRole('button', { name: 'Which protections' }).click();
    await page
      .getByRole('option', { name: /Limits/ })
      .first()
      .click();
  }
  await limit.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('0');
  await expect(dialog(page).getByRole('alert').filter({ hasText: 'unlimited' })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('lots');
  await expect(dialog(page).getByRole('alert').filter({ hasText: 'whole number' })).toBeVisible();
  await expect(review).toBeDisabled();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('321');
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('button', { name: 'Apply' })).toBeVisible();
  await expect(dialog(page)).toContainText('http2MaxRequests: 321');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme, viewport: { width: 1024, height: 700 } });

    test(`protections are accessible in the ${colorScheme} theme`, async ({ map: page }) => {
      await select(page, 'payment');
      await inspector(page).getByRole('tab', { name: 'Protections' }).click();
      await expect(inspector(page).getByText('Time-out', { exact: true }).first()).toBeVisible();
      await expectNoFindings(page, 'protections tab');
      await inspector(page).getByRole('button', { name: 'All calls that lack protection…' }).click();
      await expect(dialog(page).getByRole('table')).toBeVisible();
      await expectNoFindings(page, 'unprotected calls');
      await page.keyboard.press('Escape');
      await inspector(page).getByRole('button', { name: 'Edit protections…' }).click();
      await expect(dialog(page).getByRole('textbox').first()).toBeVisible();
      await dialog(page).getByRole('textbox').first().fill('0');
      await expectNoFindings(page, 'protections form');
    });
  });
}
