import type { Locator, Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import { expect, test } from './podium.ts';
import { rung, select, tabTo, unlock } from './steps.ts';

const order = '/apis/apps/v1/namespaces/shop/deployments/order';
const dialog = (page: Page): Locator => page.getByRole('dialog');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });

async function openWorkloads(page: Page): Promise<void> {
  await unlock(page, 'shop-rehearsal');
  await select(page, 'order');
  await inspector(page).getByRole('tab', { name: 'Workloads' }).click();
  await expect(inspector(page).getByRole('heading', { name: /^Deployment order/i })).toBeVisible();
}

async function apply(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
}

async function undo(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Undo…' }).click();
  await apply(page);
  await dialog(page).getByRole('button', { name: 'Close' }).click();
}

test('a workload is scaled, its instances come, and it is scaled back', async ({ map: page, fleet }) => {
  await openWorkloads(page);
  await inspector(page)
    .getByRole('textbox', { name: /^Replicas/ })
    .fill('7');
  await inspector(page).getByRole('button', { name: 'Scale…' }).click();
  await expect(dialog(page).getByRole('heading', { name: /6 → 7|to 7/ })).toBeVisible();
  await apply(page);
  await expect(inspector(page).getByText('7 ready')).toBeVisible({ timeout: 60_000 });
  await undo(page);
  await expect(inspector(page).getByText('6 ready')).toBeVisible({ timeout: 60_000 });
  expect(await fleet.read(order)).toMatchObject({ spec: { replicas: 6 } });
});

test('the same by keyboard alone', async ({ map: page, fleet }) => {
  await openWorkloads(page);
  await tabTo(page, inspector(page).getByRole('textbox', { name: /^Replicas/ }));
  await page.keyboard.press('ArrowUp');
  await tabTo(page, inspector(page).getByRole('button', { name: 'Scale…' }));
  await page.keyboard.press('Enter');
  await tabTo(page, dialog(page).getByRole('button', { name: 'Apply' }));
  await page.keyboard.press('Enter');
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await tabTo(page, dialog(page).getByRole('button', { name: 'Undo…' }));
  await page.keyboard.press('Enter');
  await tabTo(page, dialog(page).getByRole('button', { name: 'Apply' }));
  await page.keyboard.press('Enter');
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  expect(await fleet.read(order)).toMatchObject({ spec: { replicas: 6 } });
});

test('a workload is rolled back to a revision and forward again', async ({ map: page, fleet }) => {
  const image = async () =>
    ((await fleet.read(order)).spec as { template: { spec: { containers: { image: string }[] } } }).template
      .spec.containers[0]?.image;
  await openWorkloads(page);
  await inspector(page)
    .getByText(/revisions to roll back to/)
    .click();
  await inspector(page)
    .getByRole('button', { name: /^Roll back to revision/ })
    .first()
    .click();
  await apply(page);
  expect(await image()).toBe('shop/order:2.13');
  await undo(page);
  expect(await image()).toBe('shop/order:2.14');
});

test('an instance is taken out of the traffic and put back', async ({ map: page }) => {
  await openWorkloads(page);
  await inspector(page)
    .getByText(/^6 instances/)
    .click();
  await inspector(page)
    .getByRole('button', { name: /^Take order.* out of the traffic/ })
    .first()
    .click();
  await apply(page);
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await expect(inspector(page).getByText(/1 out of the traffic/)).toBeVisible({ timeout: 30_000 });
  await inspector(page)
    .getByRole('button', { name: /^Put order.* back/ })
    .click();
  await apply(page);
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await expect(inspector(page).getByText(/1 out of the traffic/)).toHaveCount(0, { timeout: 30_000 });
});

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test(`workloads are accessible in the ${colorScheme} theme`, async ({ map: page }) => {
      await openWorkloads(page);
      await inspector(page)
        .getByText(/^6 instances/)
        .click();
      await expectNoFindings(page, 'Workloads');
      await inspector(page).getByRole('button', { name: 'Restart…' }).click();
      await expect(dialog(page).getByRole('button', { name: 'Apply' })).toBeVisible();
      await expectNoFindings(page, 'review of a restart');
    });
  });
}
