import { rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { selectByKeyboard } from './byKeyboard.ts';
import type { PodiumProcess } from './loopbackHost.ts';
import { expect, startPodium, test as base } from './podium.ts';
import { rung, unlock } from './steps.ts';

/** A host that knows no cluster: what it shows is the rehearsal's. */
const test = base.extend<{ readonly fresh: PodiumProcess }>({
  // Playwright demands the braces.
  fresh: async ({}, use) => {
    const podium = await startPodium();
    await use(podium);
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  },
});

const map = (page: Page) => page.getByRole('region', { name: 'Map' });
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
const cards = (page: Page, name: string) => map(page).getByRole('button', { name: new RegExp(`^${name}, `) });
const knownTo = (page: Page) =>
  inspector(page).getByRole('region', { name: 'Known to' }).getByRole('listitem');

test('what two systems know is one map: one node, one call across, and weights that act in Consul', async ({
  page,
  fresh,
}) => {
  // Three systems, each waited for.
  test.setTimeout(240_000);
  await page.goto(fresh.url);
  await page.getByRole('button', { name: 'Enter the rehearsal' }).click();
  await expect(cards(page, 'loyalty')).toBeVisible({ timeout: 60_000 });

  await test.step('a service of both is one node, and says why', async () => {
    await expect(cards(page, 'order')).toHaveCount(1);
    await selectByKeyboard(page, 'order');
    await expect(knownTo(page)).toHaveCount(2);
    await expect(knownTo(page).nth(0)).toContainText('Kubernetes Rehearsal shop/order');
    await expect(knownTo(page).nth(1)).toContainText('Consul Rehearsal dc2 default/order');
    await expect(knownTo(page).nth(1)).toContainText(/address 10\.[\d.]+ in both/);
  });

  await test.step('what one calls outside is the other’s service, and the call is one', async () => {
    await expect(map(page).getByRole('img', { name: /^order calls loyalty/ })).toHaveCount(1);
    await expect(cards(page, 'loyalty\\.service\\.dc2\\.consul')).toHaveCount(0);
    // Of three systems not every card is in view; whoever is looked for comes into it.
    await selectByKeyboard(page, 'loyalty');
    await expect(knownTo(page).filter({ hasText: 'Kubernetes' })).toContainText(
      'called by its host loyalty.service.dc2.consul',
    );
  });

  await test.step('its splitter is shifted, and the traffic follows', async () => {
    await unlock(page, 'Rehearsal dc2');
    await shift(page, 'Shift+ArrowLeft', 2);
    const dialog = page.getByRole('dialog');
    await expect(
      dialog.getByRole('heading', { name: 'Shift loyalty: v1 80 → 60, v2 20 → 40' }),
    ).toBeVisible();
    await expect(dialog).toContainText('service-splitter loyalty');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('v2 is ready for more');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Declared')).toContainText('Declared: seen');
    await expect(rung(page, 'Measured')).toContainText(/v2 had [\d.]+ % of [\d,]+ calls/, {
      timeout: 60_000,
    });
    await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
  });

  await test.step('and taken back', async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Undo…' }).click();
    await expect(dialog.getByRole('heading', { name: /^Undo: Shift loyalty: v1 60 → 80/ })).toBeVisible();
    await expect(dialog.getByRole('textbox', { name: 'Reason' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('a face is split off by hand, and joined again', async () => {
    await selectByKeyboard(page, 'order');
    await inspector(page)
      .getByRole('button', { name: /^Not the same: split Consul Rehearsal dc2 off/ })
      .click();
    await expect(cards(page, 'order')).toHaveCount(2);
    await inspector(page).getByRole('button', { name: 'Same as another…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'The same service' }).fill('order');
    await page.getByRole('option', { name: /\/order in Rehearsal/ }).click();
    await dialog.getByRole('button', { name: 'Join' }).click();
    await expect(cards(page, 'order')).toHaveCount(1);
    await expect(knownTo(page).filter({ hasText: 'joined by hand' })).toHaveCount(1);
  });
});

/** Moves the split's handle in the inspector by keys, and opens the review. */
async function shift(page: Page, key: string, times: number): Promise<void> {
  const handle = inspector(page).getByRole('slider', { name: /^Split of loyalty/ });
  await expect(handle).toHaveAttribute('aria-valuenow', '80');
  await handle.focus();
  for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
  await expect(handle).toHaveAttribute('aria-valuenow', '60');
  await page.getByRole('button', { name: /^Review the change/ }).click();
}
