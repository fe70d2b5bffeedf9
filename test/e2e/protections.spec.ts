import type { Locator, Page } from '@playwright/test';
import { openCallByKeyboard, unlockByKeyboard, walkByKeyboard } from './byKeyboard.ts';
import { expectNoFindings } from './axe.ts';
import { expect, test } from './podium.ts';
import { rung, select, tabTo, unlock } from './steps.ts';

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

/** Sets fields of one form of the service on show by keyboard alone, and applies them. */
async function protect(page: Page, form: RegExp, values: Readonly<Record<string, string>>): Promise<void> {
  await tabTo(page, inspector(page).getByRole('button', { name: 'Edit protections…' }));
  await page.keyboard.press('Enter');
  const which = dialog(page).getByRole('button', { name: /Which protections/ });
  await expect(which).toBeVisible();
  if (!form.test((await which.textContent()) ?? '')) {
    await tabTo(page, which);
    await page.keyboard.press('Enter');
    const option = page.getByRole('option', { name: form }).first();
    await expect(option).toBeVisible();
    while (!(await option.evaluate((it) => it === document.activeElement)))
      await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  }
  for (const [field, value] of Object.entries(values)) {
    await tabTo(page, dialog(page).getByRole('textbox', { name: new RegExp(`^${field}`) }));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(value);
  }
  await page.keyboard.press('Enter');
  await confirm(page);
}

/** Gives what the review asks for, applies, and waits until it is declared. */
async function confirm(page: Page): Promise<void> {
  const apply = dialog(page).getByRole('button', { name: 'Apply' });
  await expect(apply).toBeVisible();
  const guards = dialog(page).getByRole('region', { name: 'Guards' });
  for (const tick of await guards.getByRole('checkbox').all()) {
    await tabTo(page, tick);
    await page.keyboard.press('Space');
  }
  await tabTo(page, apply);
  await page.keyboard.press('Enter');
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
}

/** Takes back what was just applied, by keyboard alone. */
async function takeBack(page: Page): Promise<void> {
  await tabTo(page, dialog(page).getByRole('button', { name: 'Undo…' }));
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('heading', { name: /^Undo: / })).toBeVisible();
  await confirm(page);
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
}

test('a limit and a time-out act in the traffic, and are taken back, by keyboard alone', async ({
  map: page,
}) => {
  // Traffic is waited for twice.
  test.setTimeout(240_000);
  await walkByKeyboard(page, 'Edit protections', async () => {
    await unlockByKeyboard(page, 'shop-rehearsal');
    await openCallByKeyboard(page, 'order', 'inventory');
    const why = inspector(page).getByRole('region', { name: 'Why it fails' });
    await expect(why.getByText(/limit hit|timed out/)).toHaveCount(0);

    await protect(page, /Limits and ejection for inventory(?!,)/, { http2MaxRequests: '1' });
    await expect(why.getByText(/[1-9].* % limit hit: the proxy refused it \(UO\)/)).toBeVisible({
      timeout: 60_000,
    });
    await takeBack(page);
    await expect(inspector(page).getByText('at most 1 request at once')).toHaveCount(0, { timeout: 20_000 });

    await protect(page, /Time-out and retries of route “default”/, { timeout: '10ms' });
    await expect(why.getByText(/[1-9].* % timed out \(UT\)/)).toBeVisible({ timeout: 60_000 });
    await takeBack(page);
  });
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
