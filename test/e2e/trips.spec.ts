import type { Locator, Page } from '@playwright/test';
import { expect, test } from './podium.ts';
import { expectNoFindings } from './axe.ts';
import { openCall, rung, tabTo, unlock } from './steps.ts';

const chip = (page: Page): Locator => page.getByRole('banner').getByRole('button', { name: /held/ });
const card = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'Map' }).getByRole('button', { name: new RegExp(`^${name}, `) });
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Waits until traffic itself has shown the operation, and closes its review. */
async function climbs(page: Page): Promise<void> {
  await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
  await dialog(page).getByRole('button', { name: 'Close' }).click();
}

test('a call is tripped with the mouse, counted down, found as held, and ended', async ({ map: page }) => {
  await unlock(page, 'shop-rehearsal');
  await openCall(page, 'catalog', 'inventory');
  await inspector(page).getByRole('button', { name: 'Trip…' }).click();
  await expect(dialog(page).getByRole('heading', { name: 'Trip catalog → inventory' })).toBeVisible();
  // Who is affected comes first, and nothing is for ever.
  await expect(dialog(page).getByRole('region', { name: 'Who is affected' })).toContainText(/catalog.*rps/);
  await expect(dialog(page).getByRole('radio', { name: 'Only catalog' })).toBeChecked();
  await expect(dialog(page).getByRole('radio', { name: /^Refuse/ })).toBeChecked();
  await expect(dialog(page).getByRole('radio', { name: '5 min', exact: true })).toBeChecked();
  await dialog(page).getByRole('textbox', { name: 'Why' }).fill('INC-77 inventory is slow');
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await expect(dialog(page).getByRole('row', { name: /^catalog/ })).toContainText('rps');
  await expect(dialog(page).getByRole('textbox', { name: 'Reason' })).toHaveValue('INC-77 inventory is slow');
  await dialog(page).getByRole('button', { name: 'Apply trip for 5 min' }).click();
  await climbs(page);

  await expect(chip(page)).toContainText(/1 trip held · .*4:\d\d/);
  const before = await chip(page).textContent();
  await expect(chip(page)).not.toHaveText(before ?? '');
  await expect(card(page, 'inventory')).toHaveAccessibleName(
    /inventory, held, callers get 503|inventory, held for catalog/,
  );
  await expect(inspector(page).getByRole('region', { name: 'Held' })).toContainText('calls from catalog');
  await page.keyboard.press('/');
  await page.keyboard.type('held');
  await page.keyboard.press('Enter');
  await expect(card(page, 'inventory')).toBeVisible();
  await expect(card(page, 'catalog')).toHaveCount(0);
  await page.getByRole('button', { name: 'Remove the filter held' }).click();

  await chip(page).click();
  const list = page.getByRole('dialog', { name: 'Held trips' });
  await expect(list.getByRole('listitem')).toContainText('INC-77 inventory is slow');
  await list.getByRole('button', { name: 'End the trip of catalog → inventory' }).click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await climbs(page);
  await expect(chip(page)).toHaveCount(0);
  await expect(card(page, 'inventory')).not.toHaveAccessibleName(/held/);
});

test('a service is tripped and let go by keyboard alone', async ({ map: page }) => {
  await unlock(page, 'shop-rehearsal');
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('inventory');
  await page.keyboard.press('Enter');
  await expect(inspector(page).getByRole('heading', { name: 'inventory', level: 2 })).toBeVisible();
  await page.keyboard.press('t');
  await expect(dialog(page).getByRole('heading', { name: 'Trip calls to inventory' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await page.keyboard.press('t');
  await tabTo(page, dialog(page).getByRole('radio', { name: /^Refuse/ }));
  await tabTo(page, dialog(page).getByRole('radio', { name: '503' }));
  await page.keyboard.press('ArrowRight');
  await expect(dialog(page).getByRole('radio', { name: '429' })).toBeChecked();
  await tabTo(page, dialog(page).getByRole('radio', { name: '5 min', exact: true }));
  await page.keyboard.press('ArrowLeft');
  await tabTo(page, dialog(page).getByRole('textbox', { name: 'Why' }));
  await page.keyboard.type('trying the keyboard');
  await page.keyboard.press('Enter');
  const apply = dialog(page).getByRole('button', { name: 'Apply trip for 1 min' });
  await expect(apply).toBeVisible();
  // Stopping every call to a service that is well takes its name.
  const name = dialog(page).getByRole('textbox', { name: 'Type inventory to confirm' });
  if (await name.isVisible()) {
    await expect(apply).toBeDisabled();
    await tabTo(page, name);
    await page.keyboard.type('inventory');
  }
  for (const tick of await dialog(page).getByRole('checkbox').all()) {
    await tabTo(page, tick);
    await page.keyboard.press('Space');
  }
  await expect(apply).toBeEnabled();
  await tabTo(page, apply);
  await page.keyboard.press('Enter');
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
  await page.keyboard.press('Escape');
  await expect(card(page, 'inventory')).toHaveAccessibleName(/held, callers get 429/);

  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('end the trip');
  await page.keyboard.press('Enter');
  const end = dialog(page).getByRole('button', { name: 'Apply' });
  await expect(end).toBeEnabled();
  await tabTo(page, end);
  await page.keyboard.press('Enter');
  await expect(chip(page)).toHaveCount(0, { timeout: 30_000 });
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
});

test('a declared fallback answers while its call is tripped, the map draws the detour, and the deadline ends it', async ({
  map: page,
}) => {
  await unlock(page, 'shop-rehearsal');
  await openCall(page, 'catalog', 'inventory');
  await inspector(page).getByRole('button', { name: 'Declare a fallback…' }).click();
  await dialog(page).getByRole('combobox', { name: 'Who answers' }).fill('top');
  await page.getByRole('option', { name: /^top-sellers/ }).click();
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await expect(inspector(page).getByRole('button', { name: 'Change fallback…' })).toBeVisible({
    timeout: 20_000,
  });

  await inspector(page).getByRole('button', { name: 'Trip…' }).click();
  await expect(dialog(page).getByRole('radio', { name: /^Divert/ })).toBeChecked();
  await expect(dialog(page).getByRole('combobox', { name: 'Who answers' })).toHaveValue('top-sellers');
  await dialog(page).getByRole('textbox', { name: 'Other, min' }).fill('0.75');
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await dialog(page).getByRole('button', { name: 'Apply trip for 45 s' }).click();
  await climbs(page);
  await expect(card(page, 'inventory')).toHaveAccessibleName(/answered by top-sellers|held for catalog/);
  await expect(page.locator('.mapCall.held')).toHaveCount(1);
  await expect(page.locator('.mapDetour, .mapCall.detour')).toHaveCount(1);
  await expect(chip(page)).toHaveCount(0, { timeout: 60_000 });
  await expect(page.locator('.mapCall.held, .mapDetour, .mapCall.detour')).toHaveCount(0);
});

test('a way that a controller would overwrite is not offered, and says so', async ({ map: page }) => {
  await openCall(page, 'catalog', 'recommend');
  await inspector(page).getByRole('button', { name: 'Trip…' }).click();
  const refuse = dialog(page).getByRole('radio', { name: /^Refuse/ });
  await expect(refuse).toBeDisabled();
  await expect(refuse).toHaveAccessibleName(/belongs to .* would overwrite/);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test(`tripping is accessible in the ${colorScheme} theme`, async ({ map: page }) => {
      await unlock(page, 'shop-rehearsal');
      await openCall(page, 'catalog', 'inventory');
      await expectNoFindings(page, 'call inspector');
      await inspector(page).getByRole('button', { name: 'Trip…' }).click();
      await dialog(page)
        .getByRole('radio', { name: /^Divert/ })
        .check({ force: true });
      await expectNoFindings(page, 'trip dialog, divert');
      await dialog(page)
        .getByRole('radio', { name: /^Refuse/ })
        .check({ force: true });
      await expectNoFindings(page, 'trip dialog, refuse');
      await dialog(page).getByRole('button', { name: 'Review…' }).click();
      const apply = dialog(page).getByRole('button', { name: 'Apply trip for 5 min' });
      await expect(apply).toBeEnabled();
      await expectNoFindings(page, 'review of a trip');
      await apply.click();
      await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
      await page.keyboard.press('Escape');
      await expectNoFindings(page, 'map with a held call');
      await chip(page).click();
      await expectNoFindings(page, 'held trips');
    });
  });
}
