import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

/**
 * No finding of axe, in the words of its rules, so that a failure says what to mend; `within` looks at a part only, `rules` at
 * nothing but these.
 */
export async function expectNoFindings(
  page: Page,
  where: string,
  within?: string,
  rules?: readonly string[],
): Promise<void> {
  // Otherwise axe opens a second page for what frames tell; there are none, and a desktop window cannot open it.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  if (rules !== undefined) axe.withRules([...rules]);
  const { violations } = await (within === undefined ? axe : axe.include(within)).analyze();
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help} — ${nodes.map((node) => node.target.join(' ')).join('; ')}`,
  );
  expect(found, `axe on ${where}`).toEqual([]);
}

/** By all rules of axe in the dark, and in the light by the one that colours decide. */
export async function inBothThemes(page: Page, where: string, within?: string): Promise<void> {
  const theme = page.locator('html');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(theme).toHaveAttribute('data-theme', 'dark');
  await expectNoFindings(page, `${where}, dark`, within);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(theme).toHaveAttribute('data-theme', 'light');
  await expectNoFindings(page, `${where}, light`, within, ['color-contrast']);
}

/** The dialog on top. */
export const topDialog = (page: Page): Locator =>
  page.getByRole('dialog').or(page.getByRole('alertdialog')).last();

/** A dialog that a key or a button opens, and Escape closes. */
export async function dialogInBothThemes(
  page: Page,
  where: string,
  open: () => Promise<unknown>,
): Promise<void> {
  const before = await page.getByRole('dialog').or(page.getByRole('alertdialog')).count();
  await open();
  const dialog = topDialog(page);
  await expect(dialog).toBeVisible();
  await expect(dialog.locator('.spinner')).toHaveCount(0, { timeout: 30_000 });
  await inBothThemes(page, where, '.scrim');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toHaveCount(before);
}

/** A menu, or a list of options, that a button opens, and Escape closes. */
export async function menuInBothThemes(page: Page, where: string, button: Locator): Promise<void> {
  await button.click();
  const popover = page.locator('.popover');
  await expect(popover).toBeVisible();
  await inBothThemes(page, where, '.popover');
  await page.keyboard.press('Escape');
  await expect(popover).toHaveCount(0);
}
