import { rm } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { pressByKeyboard, selectByKeyboard } from './byKeyboard.ts';
import { reach } from './instances.ts';
import type { PodiumProcess } from './loopbackHost.ts';
import { expect, startPodium, test as base } from './podium.ts';
import { dragTo, openPage, rung, tabTo, unlock } from './steps.ts';

/** A host that knows no cluster: what it shows is the rehearsal with both its systems. */
const test = base.extend<{ readonly fresh: PodiumProcess }>({
  // Playwright demands the braces.
  fresh: async ({}, use) => {
    const podium = await startPodium();
    await use(podium);
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  },
});

const map = (page: Page): Locator => page.getByRole('region', { name: 'Map' });
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const chip = (page: Page): Locator => page.getByRole('banner').getByRole('button', { name: /held/ });

async function seen(page: Page, name: 'Declared' | 'Measured', answer: RegExp): Promise<void> {
  await expect(rung(page, name)).toContainText(`${name}: seen`, { timeout: 60_000 });
  await expect(rung(page, name)).toContainText(answer);
}

test('a service of the second data centre: weights, a trip and a key, each seen to act and taken back', async ({
  page,
  fresh,
}) => {
  // Traffic is waited for three times.
  test.setTimeout(240_000);
  await page.goto(fresh.url);
  await page.getByRole('button', { name: 'Enter the rehearsal' }).click();
  await expect(map(page).getByRole('button', { name: /^loyalty, / })).toBeVisible({ timeout: 60_000 });
  await unlock(page, 'Rehearsal dc2');

  await test.step('calls go both ways between the systems, and each is one', async () => {
    await expect(map(page).getByRole('img', { name: /^order calls loyalty/ })).toHaveCount(1);
    await expect(map(page).getByRole('img', { name: /^vouchers calls inventory/ })).toHaveCount(1);
    await expect(map(page).getByRole('button', { name: /^stock, / })).toHaveCount(0);
  });

  await test.step('weights are dragged on the map, and the traffic follows', async () => {
    // Of three systems not every card is in view; whoever is looked for comes into it.
    await selectByKeyboard(page, 'loyalty');
    await dragTo(page, map(page).getByRole('slider', { name: /^Split of loyalty/ }), 55);
    await page
      .getByRole('region', { name: 'Pending changes' })
      .getByRole('button', { name: /^Review/ })
      .click();
    await expect(
      dialog(page).getByRole('heading', { name: 'Shift loyalty: v1 80 → 55, v2 20 → 45' }),
    ).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await seen(page, 'Measured', /v2 had [\d.]+ % of [\d,]+ calls/);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
  });

  await test.step('a call is tripped by keyboard alone, and fails by overflow in the traffic', async () => {
    await selectByKeyboard(page, 'points');
    await reach(page, inspector(page).getByRole('tab', { selected: true }));
    const calls = inspector(page).getByRole('tab', { name: 'Calls' });
    while ((await calls.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowRight');
    await pressByKeyboard(
      page,
      inspector(page).getByRole('button', { name: 'Call from loyalty', exact: true }),
    );
    await expect(inspector(page).getByRole('heading', { name: 'loyalty → points', level: 2 })).toBeVisible();
    await page.keyboard.press('t');
    await expect(dialog(page).getByRole('radio', { name: 'Only loyalty' })).toBeChecked();
    await expect(dialog(page).getByRole('radio', { name: /^Refuse/ })).toBeChecked();
    await tabTo(page, dialog(page).getByRole('textbox', { name: 'Why' }));
    await page.keyboard.type('points are recounted');
    await page.keyboard.press('Enter');
    const apply = dialog(page).getByRole('button', { name: 'Apply trip for 5 min' });
    await expect(apply).toBeEnabled();
    await pressByKeyboard(page, apply);
    await seen(page, 'Measured', /(?:9[5-9]\.\d|100(?:\.0)?) % of [\d,]+ calls .* were answered as wanted/);
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
    await expect(chip(page)).toContainText(/1 trip held/);
  });

  await test.step('and let go again', async () => {
    await chip(page).click();
    const list = page.getByRole('dialog', { name: 'Held trips' });
    await expect(list.getByRole('listitem')).toContainText('points are recounted');
    await list.getByRole('button', { name: 'End the trip of loyalty → points' }).click();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await seen(page, 'Measured', /reached it without a refusal or detour of ours/);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await expect(chip(page)).toHaveCount(0);
  });

  await test.step('a key is changed live, is in the history, and is put back', async () => {
    await openPage(page, 'Map');
    await selectByKeyboard(page, 'loyalty');
    await inspector(page).getByRole('tab', { name: 'Config' }).click();
    await inspector(page).getByRole('button', { name: 'Open Config' }).click();
    await page.getByRole('treegrid').getByRole('row', { name: 'points-per-euro' }).click();
    const value = page.getByRole('textbox', { name: 'Value of points-per-euro' });
    await expect(value).toHaveText('1');
    await value.fill('2');
    await page.getByRole('region', { name: 'Pending edit' }).getByRole('button', { name: 'Review…' }).click();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await seen(page, 'Declared', /./);
    await dialog(page).getByRole('button', { name: 'Undo…' }).click();
    await expect(dialog(page).getByRole('heading', { name: /^Undo: Change points-per-euro/ })).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await seen(page, 'Declared', /./);
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await expect(value).toHaveText('1');
    await page.getByRole('tab', { name: 'History' }).click();
    // As it was found, as it was changed, and as it was put back.
    await expect(page.getByRole('list', { name: 'Versions' }).getByRole('listitem')).toHaveCount(3);
  });
});
