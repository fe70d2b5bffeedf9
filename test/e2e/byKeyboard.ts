import type { Locator, Page } from '@playwright/test';
import { expect } from './podium.ts';
import { tabTo } from './steps.ts';

/** Lets writes through by the palette. */
export async function unlockByKeyboard(page: Page, connection: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('unlock');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('alertdialog');
  await tabTo(page, dialog.getByRole('button', { name: `Unlock ${connection}` }));
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
}

/** Selects a service by searching for it. */
export async function selectByKeyboard(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading', { name, level: 2 }),
  ).toBeVisible();
}

/** Goes to a button by Tab and presses it. */
export async function pressByKeyboard(page: Page, button: Locator): Promise<void> {
  await tabTo(page, button);
  await page.keyboard.press('Enter');
}

/** Goes to a field by Tab and writes over what stands in it. */
export async function typeByKeyboard(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}
