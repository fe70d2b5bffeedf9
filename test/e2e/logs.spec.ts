import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectNoFindings, menuInBothThemes } from './axe.ts';
import { expect, test } from './rehearsal.ts';

const panel = (page: Page) => page.getByRole('region', { name: 'Logs of payment' });
const lines = (page: Page) => panel(page).getByRole('log');
const state = (page: Page) => panel(page).getByRole('status');

test('the logs of a service are one key from the map: merged, followed, filtered, paused, kept', async ({
  rehearsal: page,
}) => {
  await page
    .getByRole('region', { name: 'Map' })
    .getByRole('button', { name: /^payment, / })
    .press('Enter');
  await expect(page.getByRole('heading', { name: 'payment', level: 2 })).toBeVisible();
  await page.keyboard.press('g');
  await expect(panel(page).getByRole('heading', { name: 'Logs of payment' })).toBeFocused();

  await test.step('lines of all instances, each marked, go on', async () => {
    await expect(lines(page)).toContainText('handled requests');
    await expect(state(page)).toContainText('live');
    await expect(lines(page)).toContainText(/v1-/);
    await expect(lines(page)).toContainText(/v2-/);
    const before = await state(page).textContent();
    await expect(state(page)).not.toHaveText(before ?? '');
  });

  await test.step('words and expressions narrow them, the other way round too', async () => {
    await lines(page).press('/');
    const filter = panel(page).getByRole('textbox', { name: 'Show lines that hold' });
    await expect(filter).toBeFocused();
    await page.keyboard.type('no connection');
    await expect(state(page)).toContainText(/\d+ of \d+ lines/);
    await expect(lines(page)).not.toContainText('handled requests');
    await panel(page).getByRole('button', { name: 'Show what does not match' }).click();
    await expect(lines(page)).not.toContainText('no connection');
    await panel(page).getByRole('button', { name: 'Regular expression' }).click();
    await filter.fill('(');
    await expect(panel(page)).toContainText(/unterminated group/i);
    await filter.fill('level=(warn|error)');
    await expect(lines(page)).toContainText('handled requests');
    await expect(lines(page)).not.toContainText('no connection');
    await filter.fill('level=');
    await expect(state(page)).toContainText(/^0 of \d+ lines/);
    await panel(page).getByRole('button', { name: 'Show all lines' }).click();
    await expect(filter).toHaveValue('');
    await expect(lines(page)).toBeFocused();
    await expect(lines(page)).toContainText('handled requests');
  });

  await test.step('what is no time is told', async () => {
    const time = panel(page).getByRole('textbox', { name: 'From this time on' });
    await time.fill('soon');
    await time.press('Enter');
    await expect(panel(page)).toContainText('A time is like 14:06, 14:06:30 or 5m (ago).');
    await time.fill('');
    await time.press('Enter');
    await expect(panel(page)).not.toContainText('A time is like');
  });

  await test.step('paused they stand still, and can be kept', async () => {
    await lines(page).press(' ');
    await expect(state(page)).toContainText('paused');
    await expect(panel(page).getByRole('button', { name: /^Go on · [1-9]\d* new$/ })).toBeVisible();
    const download = page.waitForEvent('download');
    await panel(page).getByRole('button', { name: 'Save…' }).click();
    const saved = await readFile(await (await download).path(), 'utf8');
    expect(saved).toMatch(/^\d{4}-\d\d-\d\dT\S+Z payment-v\d\S+ level=/m);
    await panel(page)
      .getByRole('button', { name: /^Go on/ })
      .click();
    await expect(state(page)).toContainText('live');
  });

  await test.step('one instance and one container are chosen, and what cannot be had is said', async () => {
    await page.getByRole('tab', { name: 'Instances' }).click();
    await page
      .getByRole('button', { name: /^Logs of payment-v2-/ })
      .first()
      .click();
    await expect(lines(page)).toContainText('no connection');
    await panel(page).getByText('before the restart').click();
    await expect(panel(page)).toContainText('previous terminated container');
    await expect(state(page)).toHaveText('0 lines · all there is');
  });

  await test.step('what an instance is can be read as YAML', async () => {
    await page
      .getByRole('button', { name: /^YAML of payment-v2-/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: /^Pod shop\/payment-v2-/ });
    await expect(dialog).toContainText('kind: Pod');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoFindings(page, `logs, ${colorScheme}`, 'section[aria-label^="Logs of"]');
  }
  await page.setViewportSize({ width: 1024, height: 700 });
  await menuInBothThemes(page, 'more about these lines', panel(page).getByRole('button', { name: /^More/ }));
  await panel(page).getByRole('button', { name: 'Close logs' }).click();
  await expect(panel(page)).toBeHidden();
});
