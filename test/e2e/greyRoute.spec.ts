import type { Locator, Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import { paymentPath } from './fleet.ts';
import { expect, test } from './podium.ts';
import { rung, select, tabTo, unlock } from './steps.ts';

const dialog = (page: Page): Locator => page.getByRole('dialog');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const routes = (page: Page): Locator =>
  inspector(page).getByRole('list', { name: 'Routed besides the weights' });

test('beta users are routed to one version, and the route is removed again', async ({ map: page, fleet }) => {
  const before = (await fleet.read(paymentPath)).spec;
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await inspector(page).getByRole('button', { name: 'Route some requests…' }).click();
  await dialog(page).getByRole('textbox', { name: 'Header' }).fill('x-user-group');
  await dialog(page).getByRole('textbox', { name: 'Value' }).fill('beta');
  await dialog(page).getByRole('radio', { name: 'v1' }).press('Space');
  await expectNoFindings(page, 'the form of a grey route');
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await expect(dialog(page)).toContainText('x-user-group');
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await expect(routes(page)).toContainText(/x-user-group.*beta.*v1/);
  // The map says it on the selected card, to the eye and to the ear.
  await expect(page.locator('.mapCard.selected')).toContainText('x-user-group beta → v1');
  await expect(page.getByRole('button', { name: /^payment, .*x-user-group beta goes to v1/ })).toBeVisible();
  await routes(page)
    .getByRole('button', { name: /^Remove the route/ })
    .click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await expect(routes(page)).toHaveCount(0);
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});

test('a caller is routed by keyboard alone, and it is undone', async ({ map: page, fleet }) => {
  const before = (await fleet.read(paymentPath)).spec;
  const press = async (element: Locator) => {
    await tabTo(page, element);
    await page.keyboard.press('Enter');
  };
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await press(inspector(page).getByRole('button', { name: 'Route some requests…' }));
  await tabTo(page, dialog(page).getByRole('radio', { name: 'with a header' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await tabTo(page, dialog(page).getByRole('combobox', { name: 'Caller' }));
  await page.keyboard.type('refunds');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await tabTo(page, dialog(page).getByRole('radio', { name: 'v2' }));
  await page.keyboard.press('ArrowLeft');
  await press(dialog(page).getByRole('button', { name: 'Review…' }));
  await press(dialog(page).getByRole('button', { name: 'Apply' }));
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await press(dialog(page).getByRole('button', { name: 'Undo…' }));
  await press(dialog(page).getByRole('button', { name: 'Apply' }));
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});
