import type { Locator, Page } from '@playwright/test';
import { pressByKeyboard, unlockByKeyboard, walkByKeyboard } from './byKeyboard.ts';
import { expect, test } from './podium.ts';
import { expectNoFindings } from './axe.ts';
import { openCall, openPage, rung, tabTo, unlock } from './steps.ts';

const chip = (page: Page): Locator => page.getByRole('banner').getByRole('button', { name: /held/ });
const card = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'Map' }).getByRole('button', { name: new RegExp(`^${name}, `) });
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const dialog = (page: Page): Locator => page.getByRole('dialog');

/** What the traffic answered, counted call by call since the operation took effect. */
const counted = (what: string): RegExp =>
  new RegExp(`(?:9[5-9]\\.\\d|100(?:\\.0)?) % of [1-9][\\d,]* calls since it took effect ${what}`);
const stopped = counted('were answered as wanted');
const diverted = counted('went to the fallback as wanted');
const served = counted('reached it without a refusal or detour of ours');

/** Waits until traffic itself has shown the operation, and closes its review. */
async function climbs(page: Page, answer: RegExp): Promise<void> {
  await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
  await expect(rung(page, 'Measured')).toContainText(answer);
  await dialog(page).getByRole('button', { name: 'Close' }).click();
}

/** A figure of the call in the inspector, as a number. */
async function figure(page: Page, name: string): Promise<number> {
  const text = await inspector(page)
    .locator('dl > div')
    .filter({ has: page.getByRole('term').getByText(name, { exact: true }) })
    .getByRole('definition')
    .textContent();
  return Number.parseFloat((text ?? '').replace('<', ''));
}

/** Reviews what is asked for and applies it, with no other hand than the keyboard. */
async function applyByKeys(page: Page, button: string, serviceName: string): Promise<void> {
  const apply = dialog(page).getByRole('button', { name: button });
  await expect(apply).toBeVisible();
  const name = dialog(page).getByRole('textbox', { name: `Type ${serviceName} to confirm` });
  if (await name.isVisible()) {
    await expect(apply).toBeDisabled();
    await tabTo(page, name);
    await page.keyboard.type(serviceName);
  }
  const guards = dialog(page).getByRole('region', { name: 'Guards' });
  for (const tick of await guards.getByRole('checkbox').all()) {
    await tabTo(page, tick);
    await page.keyboard.press('Space');
  }
  await expect(apply).toBeEnabled();
  await tabTo(page, apply);
  await page.keyboard.press('Enter');
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
}

/** Does what the palette offers for these words. */
async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

/** Reads in the journal what the traffic answered to an operation. */
async function seenInJournal(page: Page, title: RegExp, answer: RegExp): Promise<void> {
  const entry = page.getByRole('list', { name: 'Operations' }).getByRole('button', { name: title }).first();
  await pressByKeyboard(page, entry);
  const record = page.getByRole('article', { name: title });
  const measured = record.getByRole('listitem').filter({ hasText: 'Measured' });
  await expect(measured).toContainText('seen', { timeout: 60_000 });
  await expect(measured).toContainText(answer);
}

test('a call is tripped with the mouse, counted down, found as held, and ended', async ({ map: page }) => {
  await unlock(page, 'shop-rehearsal');
  await openCall(page, 'catalog', 'inventory');
  await inspector(page).getByRole('button', { name: 'Trip…' }).click();
  await expect(dialog(page).getByRole('heading', { name: 'Trip catalog → inventory' })).toBeVisible();
  // Who is affected comes first, and nothing is for ever.
  await expect(dialog(page).getByRole('region', { name: 'Who is affected' })).toContainText(/catalog.*rps/);
  await expect(dialog(page).getByRole('radio', { name: 'Only catalog' })).toBeChecked();
  await expect(dialog(page).getByRole('radio', { name: /^Refuse/ })).toBeChecked();
  await expect(dialog(page).getByRole('radio', { name: '5 min', exact: true })).toBeChecked();
  await dialog(page).getByRole('textbox', { name: 'Why' }).fill('INC-77 inventory is slow');
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await expect(dialog(page).getByRole('row', { name: /^catalog/ })).toContainText('rps');
  await expect(dialog(page).getByRole('textbox', { name: 'Reason' })).toHaveValue('INC-77 inventory is slow');
  // What others will read on the document: who, and why.
  const change = dialog(page).getByRole('textbox', { name: /^Change of VirtualService inventory/ });
  await expect(change).toContainText('"by":"operator","reason":"INC-77 inventory is slow"');
  await dialog(page).getByRole('button', { name: 'Apply trip for 5 min' }).click();
  await climbs(page, stopped);
  await expect.poll(() => figure(page, 'Failed'), { timeout: 30_000 }).toBeGreaterThan(10);

  await expect(chip(page)).toContainText(/1 trip held · .*4:\d\d/);
  const before = await chip(page).textContent();
  await expect(chip(page)).not.toHaveText(before ?? '');
  await expect(card(page, 'inventory')).toHaveAccessibleName(
    /inventory, held, callers get 503|inventory, held for catalog/,
  );
  await expect(inspector(page).getByRole('region', { name: 'Held' })).toContainText('calls from catalog');
  await page.keyboard.press('/');
  await page.keyboard.type('held');
  await page.keyboard.press('Enter');
  await expect(card(page, 'inventory')).toBeVisible();
  await expect(card(page, 'catalog')).toHaveCount(0);
  await page.getByRole('button', { name: 'Remove the filter held' }).click();

  await chip(page).click();
  const list = page.getByRole('dialog', { name: 'Held trips' });
  await expect(list.getByRole('listitem')).toContainText('INC-77 inventory is slow');
  await list.getByRole('button', { name: 'End the trip of catalog → inventory' }).click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await climbs(page, served);
  await expect(chip(page)).toHaveCount(0);
  await expect(card(page, 'inventory')).not.toHaveAccessibleName(/held/);
});

test('calls are refused, answered and denied by keyboard alone, and let go by hand and by the deadline', async ({
  map: page,
}) => {
  // Traffic is waited for several times, and a deadline once.
  test.setTimeout(240_000);
  await walkByKeyboard(page, 'Trip calls, and let them go', async () => {
    await unlockByKeyboard(page, 'shop-rehearsal');
    // Refused, for every caller.
    await command(page, 'inventory');
    await expect(inspector(page).getByRole('heading', { name: 'inventory', level: 2 })).toBeVisible();
    await page.keyboard.press('t');
    await expect(dialog(page).getByRole('heading', { name: 'Trip calls to inventory' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
    await page.keyboard.press('t');
    await tabTo(page, dialog(page).getByRole('radio', { name: /^Refuse/ }));
    await tabTo(page, dialog(page).getByRole('radio', { name: '503' }));
    await page.keyboard.press('ArrowRight');
    await expect(dialog(page).getByRole('radio', { name: '429' })).toBeChecked();
    await tabTo(page, dialog(page).getByRole('textbox', { name: 'Why' }));
    await page.keyboard.type('trying the keyboard');
    await page.keyboard.press('Enter');
    await applyByKeys(page, 'Apply trip for 5 min', 'inventory');
    await expect(card(page, 'inventory')).toHaveAccessibleName(/held, callers get 429/);

    // Denied, where a controller would overwrite a route.
    await command(page, 'recommend');
    await expect(inspector(page).getByRole('heading', { name: 'recommend', level: 2 })).toBeVisible();
    await page.keyboard.press('t');
    const refuse = dialog(page).getByRole('radio', { name: /^Refuse/ });
    await expect(refuse).toBeDisabled();
    await expect(refuse).toHaveAccessibleName(/belongs to .* would overwrite/);
    await expect(dialog(page).getByRole('radio', { name: /^Deny/ })).toBeChecked();
    await tabTo(page, dialog(page).getByRole('textbox', { name: 'Why' }));
    await page.keyboard.press('Enter');
    await applyByKeys(page, 'Apply trip for 5 min', 'recommend');

    // A fixed answer, for one caller, until the deadline.
    await command(page, 'payment');
    await tabTo(page, inspector(page).getByRole('tab', { selected: true }));
    await expect(inspector(page).getByRole('heading', { name: 'payment', level: 2 })).toBeVisible();
    const calls = inspector(page).getByRole('tab', { name: 'Calls' });
    while ((await calls.getAttribute('aria-selected')) !== 'true') await page.keyboard.press('ArrowRight');
    await tabTo(page, inspector(page).getByRole('button', { name: 'Call from order', exact: true }));
    await page.keyboard.press('Enter');
    await expect(inspector(page).getByRole('heading', { name: 'order → payment', level: 2 })).toBeVisible();
    await page.keyboard.press('t');
    await expect(dialog(page).getByRole('radio', { name: 'Only order' })).toBeChecked();
    await tabTo(page, dialog(page).getByRole('radio', { name: /^Refuse/ }));
    await page.keyboard.press('ArrowDown');
    await expect(dialog(page).getByRole('radio', { name: /^Divert/ })).toBeChecked();
    await tabTo(page, dialog(page).getByRole('radio', { name: 'Another service or version', exact: true }));
    await page.keyboard.press('ArrowRight');
    await tabTo(page, dialog(page).getByRole('textbox', { name: 'Status' }));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('203');
    await tabTo(page, dialog(page).getByRole('textbox', { name: 'Other, min' }));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('0.5');
    await page.keyboard.press('Enter');
    await applyByKeys(page, 'Apply trip for 30 s', 'payment');

    await command(page, 'journal');
    await seenInJournal(page, /^Trip inventory: callers get 429/, stopped);
    await seenInJournal(page, /^Trip recommend: callers get 403/, stopped);
    await seenInJournal(page, /^Trip order → payment: callers get a fixed 203/, stopped);

    for (const name of ['inventory', 'recommend']) {
      await command(page, `end the trip of all callers → ${name}`);
      await applyByKeys(page, 'Apply', name);
    }
    await expect(chip(page)).toHaveCount(0, { timeout: 60_000 });
    for (const name of ['inventory', 'recommend', 'order → payment'])
      await seenInJournal(page, new RegExp(`^End trip of ${name}: `), served);
  });
});

test('a declared fallback answers while its call is tripped, the map draws the detour, and the deadline ends it', async ({
  map: page,
}) => {
  // Traffic is waited for several times, and a deadline once.
  test.setTimeout(240_000);
  await unlock(page, 'shop-rehearsal');
  await openCall(page, 'catalog', 'inventory');
  await inspector(page).getByRole('button', { name: 'Declare a fallback…' }).click();
  await dialog(page).getByRole('combobox', { name: 'Who answers' }).fill('top');
  await page.getByRole('option', { name: /^top-sellers/ }).click();
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await expect(inspector(page).getByRole('button', { name: 'Change fallback…' })).toBeVisible({
    timeout: 20_000,
  });

  // By keyboard alone from here, and let go by the deadline.
  await page.keyboard.press('t');
  await expect(dialog(page).getByRole('radio', { name: /^Divert/ })).toBeChecked();
  await expect(dialog(page).getByRole('combobox', { name: 'Who answers' })).toHaveValue('top-sellers');
  await tabTo(page, dialog(page).getByRole('textbox', { name: 'Other, min' }));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('0.75');
  await page.keyboard.press('Enter');
  const apply = dialog(page).getByRole('button', { name: 'Apply trip for 45 s' });
  await expect(apply).toBeEnabled();
  await tabTo(page, apply);
  await page.keyboard.press('Enter');
  await climbs(page, diverted);
  await expect(card(page, 'inventory')).toHaveAccessibleName(/answered by top-sellers|held for catalog/);
  await expect(page.locator('.mapCall.held')).toHaveCount(1);
  await expect(page.locator('.mapDetour, .mapCall.detour')).toHaveCount(1);
  await expect(chip(page)).toHaveCount(0, { timeout: 60_000 });
  await expect(page.locator('.mapCall.held, .mapDetour, .mapCall.detour')).toHaveCount(0);
  await openPage(page, 'Journal');
  await seenInJournal(page, /^End trip of catalog → inventory: /, served);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test(`tripping is accessible in the ${colorScheme} theme`, async ({ map: page }) => {
      await unlock(page, 'shop-rehearsal');
      await openCall(page, 'catalog', 'inventory');
      await expectNoFindings(page, 'call inspector');
      await inspector(page).getByRole('button', { name: 'Trip…' }).click();
      await dialog(page)
        .getByRole('radio', { name: /^Divert/ })
        .check({ force: true });
      await expectNoFindings(page, 'trip dialog, divert');
      await dialog(page)
        .getByRole('radio', { name: /^Refuse/ })
        .check({ force: true });
      await expectNoFindings(page, 'trip dialog, refuse');
      await dialog(page).getByRole('button', { name: 'Review…' }).click();
      const apply = dialog(page).getByRole('button', { name: 'Apply trip for 5 min' });
      await expect(apply).toBeEnabled();
      await expectNoFindings(page, 'review of a trip');
      await apply.click();
      await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
      await page.keyboard.press('Escape');
      await expectNoFindings(page, 'map with a held call');
      await chip(page).click();
      await expectNoFindings(page, 'held trips');
    });
  });
}
