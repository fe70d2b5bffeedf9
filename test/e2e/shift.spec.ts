import { walkByKeyboard } from './byKeyboard.ts';
import { type Fleet, paymentPath } from './fleet.ts';
import { expect, test } from './podium.ts';
import { dragTo, handleOnMap, rung, select, unlock } from './steps.ts';
import type { Page } from '@playwright/test';

async function applyAndSeeMeasured(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'Shift payment: v1 70 → 95, v2 30 → 5' })).toBeVisible();
  await expect(dialog).toContainText('away from the failing version');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('INC-4821 v2 times out at the bank');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Accepted')).toContainText(/revision/);
  await expect(rung(page, 'Declared')).toContainText(/seen/i);
  await expect(rung(page, 'Measured')).toContainText(/v2 had [\d.]+ % of [\d,]+ calls since it took effect/, {
    timeout: 60_000,
  });
  await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
}

async function undoAndSeeBefore(page: Page, fleet: Fleet, before: unknown): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Undo…' }).click();
  await expect(
    dialog.getByRole('heading', { name: /^Undo: Shift payment: v1 95 → 70, v2 5 → 30/ }),
  ).toBeVisible();
  // Back to the failing split is towards harm: the name is asked for.
  // The title stands before the plan does; with the plan comes what it asks for.
  await expect(dialog.getByRole('textbox', { name: 'Reason' })).toBeVisible();
  const name = dialog.getByRole('textbox', { name: 'Type payment to confirm' });
  await expect(dialog.getByRole('button', { name: 'Apply' })).toBeVisible();
  if ((await name.count()) > 0) await name.fill('payment');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
}

test('an operator drags payment 70/30 to 95/5 on the map, sees it measured, and undoes it', async ({
  map: page,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await dragTo(page, handleOnMap(page), 95);
  const tray = page.getByRole('region', { name: 'Pending changes' });
  await expect(tray).toContainText('1 pending');
  expect((await fleet.read(paymentPath)).spec, 'a drag writes nothing').toEqual(before);
  await tray.getByRole('button', { name: /^Review/ }).click();
  await applyAndSeeMeasured(page);
  await undoAndSeeBefore(page, fleet, before);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Journal' }).click();
  await expect(page.getByText('INC-4821 v2 times out at the bank').first()).toBeVisible();
});

test('the same by keyboard alone', async ({ map: page, fleet }) => {
  await walkByKeyboard(page, 'Shift a weight, and undo it', async () => {
    const before = (await fleet.read(paymentPath)).spec;
    const press = async (key: string, times = 1) => {
      for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
    };
    // Unlock by the palette, select by search, shift by the arrows, review by Enter.
    await press('Control+k');
    await page.keyboard.type('unlock');
    await press('Enter');
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await tabTo(page, /^Unlock shop-rehearsal$/);
    await press('Enter');
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    await press('Control+k');
    await page.keyboard.type('payment');
    await press('Enter');
    await expect(
      page
        .getByRole('complementary', { name: 'Inspector' })
        .getByRole('heading', { name: 'payment', level: 2 }),
    ).toBeVisible();
    await tabTo(page, /^Split of payment/);
    await press('Shift+ArrowRight', 2);
    await press('ArrowRight', 5);
    await expect(page.getByRole('region', { name: 'Pending changes' })).toContainText('1 pending');
    await tabTo(page, /^Review the change of payment/);
    await press('Enter');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('heading', { name: 'Shift payment: v1 70 → 95, v2 30 → 5' })).toBeVisible();
    await tabTo(page, /^Apply$/);
    await press('Enter');
    await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
    await tabTo(page, /^Undo/);
    await press('Enter');
    await expect(dialog.getByRole('heading', { name: /^Undo: / })).toBeVisible();
    // The title stands before the plan does; with the plan comes what it asks for.
    await expect(dialog.getByRole('textbox', { name: 'Reason' })).toBeVisible();
    const name = dialog.getByRole('textbox', { name: 'Type payment to confirm' });
    if ((await name.count()) > 0) {
      await tabTo(page, /^Type payment to confirm$/);
      await page.keyboard.type('payment');
    }
    await tabTo(page, /^Apply$/);
    await press('Enter');
    await expect(rung(page, 'Declared')).toContainText('Declared: seen');
    expect((await fleet.read(paymentPath)).spec).toEqual(before);
  });
});

/** Presses Tab until the focused thing has this accessible name. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 150; i += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const by = element
        ?.getAttribute('aria-labelledby')
        ?.split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join(' ');
      const label =
        element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
          ? element.labels?.[0]?.textContent
          : null;
      return (element?.getAttribute('aria-label') ?? by ?? label ?? element?.textContent ?? '').trim();
    });
    if (name.test(focused)) return;
  }
  throw new Error(`Tab never reached ${name}`);
}
