import type { Locator, Page } from '@playwright/test';
import { pressByKeyboard, selectByKeyboard } from './byKeyboard.ts';
import { expect, test } from './rehearsal.ts';
import { openPage, rung, select, tabTo, unlock } from './steps.ts';

const map = (page: Page): Locator => page.getByRole('region', { name: 'Map' });
const cards = (page: Page, name: string): Locator =>
  map(page).getByRole('button', { name: new RegExp(`^${name}, `) });
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const knownTo = (page: Page): Locator =>
  inspector(page).getByRole('region', { name: 'Known to' }).getByRole('listitem');
/** What the callers' breaker is in, as their actuators tell it. */
const breaker = (page: Page): Locator =>
  inspector(page).getByRole('definition').filter({ hasText: 'breaker' });

test('a breaker is forced open in every instance, in one that joins as well, and closed everywhere at the end', async ({
  rehearsal: page,
}) => {
  // Three systems, each waited for.
  test.setTimeout(240_000);
  await test.step('the registry’s services are on the map, and what other systems know of them is theirs', async () => {
    await expect(cards(page, 'discounts')).toBeVisible({ timeout: 30_000 });
    await expect(map(page).getByRole('img', { name: /^pricing calls discounts/ })).toHaveCount(1, {
      timeout: 30_000,
    });
    await expect(map(page).getByRole('img', { name: /^catalog calls pricing/ })).toHaveCount(1, {
      timeout: 60_000,
    });
    await select(page, 'pricing');
    await expect(knownTo(page).filter({ hasText: 'Kubernetes' })).toContainText(
      'called by its host pricing.partners.example.com',
    );
    await selectByKeyboard(page, 'vouchers');
    await expect(knownTo(page)).toHaveCount(2);
    await expect(inspector(page)).toContainText('Eureka Rehearsal partners says v2');
  });

  await test.step('what breakers are in is read in each instance', async () => {
    await selectByKeyboard(page, 'discounts');
    await inspector(page).getByRole('tab', { name: 'Protections' }).click();
    await expect(breaker(page)).toContainText('closed on 3 of 3', { timeout: 30_000 });
  });

  await test.step('it is forced open with a deadline, and every instance says so', async () => {
    await unlock(page, 'Rehearsal partners');
    await inspector(page).getByRole('button', { name: 'Trip all callers…' }).click();
    await expect(dialog(page).getByRole('radio', { name: '5 min', exact: true })).toBeChecked();
    await dialog(page).getByRole('textbox', { name: 'Why' }).fill('discounts are wrong today');
    await dialog(page).getByRole('button', { name: 'Review…' }).click();
    await expect(dialog(page)).toContainText('3 of 3 instances of pricing have the breaker “discounts” now');
    for (const tick of await dialog(page).getByRole('region', { name: 'Guards' }).getByRole('checkbox').all())
      await tick.check({ force: true });
    await dialog(page).getByRole('button', { name: 'Apply trip for 5 min' }).click();
    await expect(rung(page, 'Loaded')).toContainText('3 of 3 instances forced-open', { timeout: 30_000 });
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await expect(cards(page, 'discounts')).toHaveAccessibleName(/held for pricing/);
  });

  await test.step('its callers answer with their fallback, and it gets no calls', async () => {
    await expect(breaker(page)).toContainText(
      /forced-open on 3 of 3.*\d+ calls refused, which the caller’s own fallback answers/,
      { timeout: 30_000 },
    );
  });

  await test.step('an instance that joins is held too', async () => {
    await page.getByRole('button', { name: 'Incidents' }).click();
    await page.getByRole('menuitem', { name: /^Start one more instance/ }).click();
    await expect(breaker(page)).toContainText('forced-open on 4 of 4', { timeout: 40_000 });
  });

  await test.step('ended by keyboard, it is closed everywhere', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('end the trip of pricing');
    await page.keyboard.press('Enter');
    const apply = dialog(page).getByRole('button', { name: 'Apply' });
    await expect(apply).toBeVisible();
    const guards = dialog(page).getByRole('region', { name: 'Guards' });
    for (const tick of await guards.getByRole('checkbox').all()) {
      await tabTo(page, tick);
      await page.keyboard.press('Space');
    }
    await expect(apply).toBeEnabled();
    await pressByKeyboard(page, apply);
    await expect(rung(page, 'Loaded')).toContainText('4 of 4 instances decide by themselves', {
      timeout: 30_000,
    });
    await page.keyboard.press('Escape');
    await expect(breaker(page)).toContainText('closed on 4 of 4', { timeout: 30_000 });
    await expect(cards(page, 'discounts')).not.toHaveAccessibleName(/held/);
  });
});

test('a property reaches every instance, a gateway serves other weights, and both are put back', async ({
  rehearsal: page,
}) => {
  test.setTimeout(180_000);
  const loaded = async (words: string): Promise<void> => {
    await expect(rung(page, 'Loaded')).toContainText('Loaded: seen', { timeout: 60_000 });
    await expect(rung(page, 'Loaded')).toContainText(words);
  };
  await expect(cards(page, 'pricing')).toBeVisible({ timeout: 30_000 });
  await unlock(page, 'Rehearsal partners');

  await test.step('a file of the Config Server is changed, and every instance refreshes', async () => {
    await selectByKeyboard(page, 'pricing');
    await inspector(page).getByRole('tab', { name: 'Config' }).click();
    await inspector(page).getByRole('button', { name: 'Open Config' }).click();
    await page.getByRole('treegrid').getByRole('row', { name: 'pricing.cache-seconds' }).first().click();
    await expect(page.getByRole('heading', { name: 'File pricing.yml of the Config Server' })).toBeVisible();
    await page.getByRole('textbox', { name: 'Value of pricing.cache-seconds' }).fill('45');
    const bar = page.getByRole('region', { name: 'Pending edit' });
    await expect(bar).toContainText('1 entry changed on Rehearsal partners');
    await bar.getByRole('button', { name: 'Review…' }).click();
    await expect(dialog(page)).toContainText('cache-seconds: 45');
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Accepted')).toContainText('on this machine took it');
    await loaded('3 of 3 instances have it in effect');
  });

  await test.step('it is put back, and they have what they had', async () => {
    await dialog(page).getByRole('button', { name: 'Undo…' }).click();
    await expect(dialog(page).getByRole('heading', { name: /^Undo: Change pricing\.cache-/ })).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await loaded('3 of 3 instances have it in effect');
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    // In the file, and in the instances' environment.
    const rows = page.getByRole('treegrid').getByRole('row', { name: 'pricing.cache-seconds' });
    await expect(rows.filter({ hasText: '30' })).toHaveCount(2);
  });

  await test.step('the tour waits for a weight, whatever else was changed', async () => {
    await expect(page.getByRole('region', { name: 'Tour' })).toContainText('Pick payment');
  });

  await test.step('a gateway’s weights are shifted, and read in the routes that it serves', async () => {
    await openPage(page, 'Map');
    await selectByKeyboard(page, 'returns');
    await inspector(page).getByRole('tab', { name: 'Overview' }).click();
    const handle = inspector(page).getByRole('slider', { name: /^Split of returns/ });
    await expect(handle).toHaveAttribute('aria-valuenow', '90');
    await handle.focus();
    for (let presses = 0; presses < 2; presses += 1) await page.keyboard.press('Shift+ArrowLeft');
    await expect(handle).toHaveAttribute('aria-valuenow', '70');
    await page.getByRole('button', { name: /^Review the change/ }).click();
    await expect(dialog(page)).toContainText('weight group returns in 2 copies of partner-gateway');
    const guards = dialog(page).getByRole('region', { name: 'Guards' });
    for (const tick of await guards.getByRole('checkbox').all()) await tick.check({ force: true });
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Accepted')).toContainText('2 of 2 copies took it');
    await loaded('2 of 2 copies serve it: 70 / 30');
  });

  await test.step('and put back', async () => {
    await dialog(page).getByRole('button', { name: 'Undo…' }).click();
    await expect(dialog(page).getByRole('heading', { name: /^Undo: Shift partner-gateway/ })).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await loaded('2 of 2 copies serve it: 90 / 10');
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await expect(inspector(page).getByRole('slider', { name: /^Split of returns/ })).toHaveAttribute(
      'aria-valuenow',
      '90',
    );
  });

  await test.step('an instance with far more load than its siblings is told of', async () => {
    await page.getByRole('button', { name: /^\d+ findings?$/ }).click({ timeout: 60_000 });
    await expect(dialog(page).getByRole('listitem').filter({ hasText: 'Uneven load' })).toContainText(
      /pricing-west-1 answers [\d.]+ requests a second, its 2 siblings/,
      { timeout: 60_000 },
    );
  });
});
