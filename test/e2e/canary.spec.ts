import type { Locator, Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import { paymentPath } from './fleet.ts';
import { expect, test } from './podium.ts';
import { rung, select, tabTo, unlock } from './steps.ts';

const dialog = (page: Page): Locator => page.getByRole('dialog');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });

async function confirmName(page: Page): Promise<void> {
  await expect(dialog(page).getByRole('button', { name: 'Apply' })).toBeVisible();
  const name = dialog(page).getByRole('textbox', { name: 'Type payment to confirm' });
  if ((await name.count()) > 0) await name.fill('payment');
}

test('a canary is led to its first step, paused, resumed and taken back', async ({ map: page, fleet }) => {
  const before = (await fleet.read(paymentPath)).spec;
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await expect(
    inspector(page)
      .getByText(/v2 fails/)
      .first(),
  ).toBeVisible({ timeout: 60_000 });
  await inspector(page).getByRole('button', { name: 'Guided canary…' }).click();
  await expectNoFindings(page, 'the form of a canary');
  await dialog(page).getByRole('button', { name: 'Review the first step…' }).click();
  await expect(dialog(page)).toContainText('v2 gets 50 of 100 calls');
  await confirmName(page);
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  const panel = inspector(page).getByRole('region', { name: 'Canary: v2 of payment' });
  await expect(panel).toContainText('running');
  await expect(page.getByRole('banner').getByRole('button', { name: '1 canary' })).toBeVisible();
  await panel.getByRole('button', { name: 'Pause' }).click();
  await expect(panel).toContainText('paused');
  await panel.getByRole('button', { name: 'Resume' }).click();
  await expect(panel).toContainText('running');
  await expectNoFindings(page, 'a canary under way');
  await panel.getByRole('button', { name: 'Take back' }).click();
  await expect(panel).toContainText('taken back', { timeout: 60_000 });
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});

test('a shift is watched, the watch is stopped, and the shift undone, by keyboard alone', async ({
  map: page,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  const press = async (element: Locator) => {
    await tabTo(page, element);
    await page.keyboard.press('Enter');
  };
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await expect(
    inspector(page)
      .getByText(/v2 fails/)
      .first(),
  ).toBeVisible({ timeout: 60_000 });
  await tabTo(page, inspector(page).getByRole('slider', { name: /^Split of payment/ }));
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  const watch = dialog(page).getByRole('checkbox', { name: 'Watch it for' });
  await tabTo(page, watch);
  await page.keyboard.press('Space');
  await expect(dialog(page).getByRole('checkbox', { name: 'errors of v2 pass' })).toBeChecked();
  await tabTo(page, dialog(page).getByRole('textbox', { name: 'Type payment to confirm' }));
  await page.keyboard.type('payment');
  await press(dialog(page).getByRole('button', { name: 'Apply' }));
  const watched = dialog(page).getByRole('region', { name: /^Watch/ });
  await expect(watched).toContainText(/v2’s errors pass/, { timeout: 30_000 });
  await expect(watched).toContainText(/left/);
  await press(watched.getByRole('button', { name: 'Stop watching' }));
  await expect(watched).toContainText('No longer watched');
  await press(dialog(page).getByRole('button', { name: 'Undo…' }));
  await press(dialog(page).getByRole('button', { name: 'Apply' }));
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});
