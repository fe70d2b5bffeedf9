import type { Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import { expect, test } from './podium.ts';
import { dragTo, handleOnMap, openPage, select, unlock } from './steps.ts';

/** By all rules of axe in one theme, and in the other by the one that colours decide. */
async function inBothThemes(page: Page, where: string, within?: string): Promise<void> {
  const theme = page.locator('html');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(theme).toHaveAttribute('data-theme', 'dark');
  await expectNoFindings(page, `${where}, dark`, within);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(theme).toHaveAttribute('data-theme', 'light');
  await expectNoFindings(page, `${where}, light`, within, ['color-contrast']);
}

/** A dialog that a key or a button opened, and Escape closes. */
async function dialogInBothThemes(page: Page, where: string, open: () => Promise<unknown>): Promise<void> {
  await open();
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog')).last();
  await expect(dialog).toBeVisible();
  await expect(dialog.locator('.spinner')).toHaveCount(0, { timeout: 30_000 });
  await inBothThemes(page, where, '.scrim');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}

// Each screen and dialog is opened once, and looked at twice: dialogs that need more than that (a login program, a canary under
// way, findings, a set of changes) are gone through where their own specs open them.
test('the screens and dialogs that this walk opens are accessible in both themes', async ({
  page,
  podium,
}) => {
  test.setTimeout(600_000);
  await page.goto(podium.url);
  const connect = page.getByRole('button', { name: /^Connect to shop-rehearsal, / });
  await expect(connect).toBeVisible();
  await inBothThemes(page, 'first run');
  await connect.click();
  const map = page.getByRole('region', { name: 'Map' });
  await expect(map.getByRole('button', { name: /^payment, / })).toBeVisible({ timeout: 60_000 });
  const chip = page.getByRole('group', { name: 'Connection shop-rehearsal', exact: true });
  await dialogInBothThemes(page, 'unlock', () => chip.getByRole('button', { name: /Unlock/ }).click());
  await unlock(page, 'shop-rehearsal');
  await inBothThemes(page, 'map');

  await select(page, 'payment');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  for (const tab of [
    'Calls',
    'Protections',
    'Workloads',
    'Config',
    'Instances',
    'Documents',
    'Events',
    'Overview',
  ]) {
    await inspector.getByRole('tab', { name: tab }).click();
    await expect(inspector.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true');
    await inBothThemes(page, `inspector, ${tab}`, 'aside[aria-label="Inspector"]');
  }
  const pressed = (name: string | RegExp) => () => inspector.getByRole('button', { name }).first().click();
  await dialogInBothThemes(page, 'YAML', pressed('YAML'));
  await dialogInBothThemes(page, 'address book', pressed('How to reach it…'));
  await dialogInBothThemes(page, 'port-forward', pressed('Port-forward…'));
  await dialogInBothThemes(page, 'guided canary', pressed(/canary…$/i));
  await dialogInBothThemes(page, 'route for some requests', pressed('Route some requests…'));
  await dialogInBothThemes(page, 'mirror', pressed('Mirror…'));
  await pressed('Logs')();
  const logs = page.getByRole('region', { name: /^Logs of payment/ });
  await expect(logs).toBeVisible();
  await inBothThemes(page, 'logs', '.logs');
  await logs.getByRole('button', { name: 'Close logs' }).click();
  await inspector.getByRole('tab', { name: 'Protections' }).click();
  await dialogInBothThemes(page, 'protections', pressed('Edit protections…'));
  await dialogInBothThemes(page, 'trip', pressed('Trip all callers…'));

  await dragTo(page, handleOnMap(page), 95);
  await inBothThemes(page, 'pending', '.appMain');
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const review = page.getByRole('dialog').first();
  await expect(review.getByRole('button', { name: 'Apply' })).toBeVisible();
  await inBothThemes(page, 'review', '.scrim');
  // From a check to what is said of it, and back to the review.
  await review.getByRole('button', { name: 'Help on this' }).first().click();
  await expect(page.locator('.helpRow.sought')).toBeInViewport();
  await expect(page.getByRole('tab', { name: 'What a review checks' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tab', { name: 'What a review checks' })).toHaveCount(0);
  await review.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  for (const name of ['Services', 'Config', 'Journal', 'Sources', 'Settings'] as const) {
    await openPage(page, name);
    await inBothThemes(page, name, '.appMain');
  }
  await dialogInBothThemes(page, 'about a connection', () =>
    chip.getByRole('button', { name: /: about it$/ }).click(),
  );
  await dialogInBothThemes(page, 'report', () =>
    page.getByRole('button', { name: 'Report for a bug…' }).click(),
  );
  await dialogInBothThemes(page, 'palette', () => page.keyboard.press('Control+k'));
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Help' }).click();
  for (const tab of ['What can be done', 'What a review checks', 'What can be found', 'Keys and signs']) {
    await page.getByRole('tab', { name: tab }).click();
    await inBothThemes(page, `help, ${tab}`, '.scrim');
  }
});
