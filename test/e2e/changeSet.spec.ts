import type { Locator, Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import { paymentPath } from './fleet.ts';
import { expect, test } from './podium.ts';
import { select, tabTo, unlock } from './steps.ts';

const v1 = '/apis/apps/v1/namespaces/shop/deployments/payment-v1';
const dialog = (page: Page): Locator => page.getByRole('dialog');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const tray = (page: Page): Locator => page.getByRole('region', { name: 'Pending changes' });

/** A shift away from v2 and one more instance of v1, both pending; by keys, as by hand. */
async function gather(page: Page): Promise<void> {
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await inspector(page)
    .getByRole('slider', { name: /^Split of payment/ })
    .focus();
  await page.keyboard.press('Shift+ArrowRight');
  await inspector(page).getByRole('tab', { name: 'Workloads' }).focus();
  await page.keyboard.press('Enter');
  await inspector(page)
    .getByRole('checkbox', { name: /^gather changes/ })
    .focus();
  await page.keyboard.press('Space');
  await inspector(page)
    .getByRole('textbox', { name: /^Replicas of Deployment payment-v1/ })
    .focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(tray(page)).toContainText('2 pending');
}

async function allWritten(page: Page): Promise<void> {
  await expect(dialog(page).getByText('All 2 changes were written.')).toBeVisible({ timeout: 30_000 });
}

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test(`two changes are applied in the order chosen and undone together, ${colorScheme}`, async ({
      map: page,
      fleet,
    }) => {
      const before = (await fleet.read(paymentPath)).spec;
      await gather(page);
      await tray(page).getByRole('button', { name: 'Review all (2)' }).click();
      await dialog(page)
        .getByRole('button', { name: /^Later: Shift payment/ })
        .click();
      await expect(dialog(page).getByRole('listitem').first()).toContainText('payment-v1');
      await expectNoFindings(page, 'the review of a set');
      await dialog(page).getByRole('button', { name: 'Apply all (2)' }).click();
      await allWritten(page);
      expect(await fleet.read(v1)).toMatchObject({ spec: { replicas: 3 } });
      await expect(tray(page)).toHaveCount(0);
      await dialog(page).getByRole('button', { name: 'Undo what was done…' }).click();
      const name = dialog(page).getByRole('textbox', { name: 'Type payment to confirm' });
      await expect(dialog(page).getByRole('button', { name: 'Apply all (2)' })).toBeVisible();
      for (const field of await name.all()) await field.fill('payment');
      await dialog(page).getByRole('button', { name: 'Apply all (2)' }).click();
      await allWritten(page);
      expect(await fleet.read(v1)).toMatchObject({ spec: { replicas: 2 } });
      expect((await fleet.read(paymentPath)).spec).toEqual(before);
    });
  });
}

test('the same by keyboard alone', async ({ map: page, fleet }) => {
  await gather(page);
  // Out of the field, where a letter is a letter.
  await page.keyboard.press('Tab');
  await page.keyboard.press('p');
  await expect(tray(page).getByRole('button', { name: 'Review all (2)' })).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(page, dialog(page).getByRole('button', { name: /^Later: Shift payment/ }));
  await page.keyboard.press('Enter');
  await tabTo(page, dialog(page).getByRole('button', { name: 'Apply all (2)' }));
  await page.keyboard.press('Enter');
  await allWritten(page);
  expect(await fleet.read(v1)).toMatchObject({ spec: { replicas: 3 } });
});
