import type { Locator, Page } from '@playwright/test';
import { inBothThemes, menuInBothThemes } from './axe.ts';
import {
  pressByKeyboard,
  selectByKeyboard,
  typeByKeyboard,
  unlockByKeyboard,
  walkByKeyboard,
} from './byKeyboard.ts';
import { type Fleet, paymentPath } from './fleet.ts';
import { expect, test } from './podium.ts';
import { openPage, rung, select, tabTo, unlock } from './steps.ts';
import { seeShare } from './traffic.ts';

// v2 does well with a tenth of the calls, so that it can be led and taken back for no fault of its own.
test.use({ fleetArgs: ['--calm'] });

const dialog = (page: Page): Locator => page.getByRole('dialog');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const panelOf = (page: Page, version: string): Locator =>
  inspector(page).getByRole('region', { name: `Canary: ${version} of payment` });
const stepNow = (page: Page, version: string): Locator =>
  panelOf(page, version).getByRole('listitem').and(page.locator('[aria-current=step]'));

async function weightsIn(fleet: Fleet): Promise<string> {
  const { spec } = (await fleet.read(paymentPath)) as unknown as {
    spec: { http: { route: { weight?: number }[] }[] };
  };
  return spec.http[0]?.route.map(({ weight }) => weight ?? 0).join('/') ?? '';
}

test('a canary is paused, goes on, and is finished at 100 %, each of its shares seen in the traffic', async ({
  map: page,
  fleet,
}) => {
  // Two of its steps are watched to their end, which takes its time however fast the machine.
  test.setTimeout(180_000);
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await seeShare(page, 'v1', 88, 92);
  await inspector(page).getByRole('button', { name: 'Guided canary…' }).click();
  await inBothThemes(page, 'the form of a canary');
  await dialog(page).getByRole('button', { name: 'The version on trial' }).click();
  await page.getByRole('option', { name: 'v1' }).click();
  const add = dialog(page).getByRole('button', { name: 'Add a step' });
  // The second lasts until it is left by hand.
  const steps = [
    ['95', '0.3'],
    ['98', '10'],
    ['100', '0.3'],
  ] as const;
  for (const [at, [percent, minutes]] of steps.entries()) {
    if (at > 0) await add.click();
    await dialog(page)
      .getByRole('textbox', { name: `Step ${at + 1}, share of v1, %` })
      .fill(percent);
    await dialog(page)
      .getByRole('textbox', { name: `Step ${at + 1}, time, min` })
      .fill(minutes);
  }
  await dialog(page).getByRole('textbox', { name: 'Why' }).fill('v2 goes');
  await dialog(page).getByRole('button', { name: 'Review the first step…' }).click();
  await expect(dialog(page)).toContainText('v1 gets 95 of 100 calls (v2 5), watched for 18 s');
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  const panel = panelOf(page, 'v1');
  const chip = page.getByRole('banner').getByRole('button', { name: '1 canary' });
  await expect(chip).toBeVisible();
  await menuInBothThemes(page, 'what is watched', chip);
  await expect(stepNow(page, 'v1')).toContainText(/95 %.*left/);
  await panel.getByRole('button', { name: 'Pause' }).click();
  await expect(panel).toContainText('paused');
  await inBothThemes(page, 'a canary that is paused');
  await seeShare(page, 'v1', 94, 96);
  await expect(stepNow(page, 'v1'), 'its time is up, and no step is taken').not.toContainText('left', {
    timeout: 40_000,
  });
  expect(await weightsIn(fleet)).toBe('95/5');
  await panel.getByRole('button', { name: 'Resume' }).click();
  await expect(stepNow(page, 'v1')).toContainText(/98 %.*left/);
  await seeShare(page, 'v1', 97.2, 98.8);
  await panel.getByRole('button', { name: 'Finish now…' }).click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await seeShare(page, 'v1', 99.6, 100);
  await expect(panel.getByRole('button', { name: 'Finish now…' }), 'it is in its last step').toHaveCount(0);
  await expect(panel).toContainText('finished', { timeout: 40_000 });
  expect(await weightsIn(fleet)).toBe('100/0');
  await openPage(page, 'Journal');
  await expect(page.getByText('Step 2 of 3. v2 goes').first()).toBeVisible();
});

test('a canary is begun and taken back by keyboard alone, and the traffic follows', async ({
  map: page,
  fleet,
}) => {
  await walkByKeyboard(page, 'Lead a canary', async () => {
    const before = (await fleet.read(paymentPath)).spec;
    await unlockByKeyboard(page, 'shop-rehearsal');
    await selectByKeyboard(page, 'payment');
    await seeShare(page, 'v2', 8, 12);
    await pressByKeyboard(page, inspector(page).getByRole('button', { name: 'Guided canary…' }));
    // v2 has the smaller share: it is the one on trial, and its figures are known.
    await expect(dialog(page).getByRole('checkbox', { name: 'errors of v2 pass' })).toBeChecked();
    await typeByKeyboard(page, dialog(page).getByRole('textbox', { name: 'Step 1, share of v2, %' }), '15');
    const latency = dialog(page).getByRole('checkbox', { name: 'p99 of v2 passes' });
    await tabTo(page, latency);
    await page.keyboard.press('Space');
    await expect(latency).not.toBeChecked();
    await pressByKeyboard(page, dialog(page).getByRole('button', { name: 'Review the first step…' }));
    await expect(dialog(page)).toContainText('v2 gets 15 of 100 calls (v1 85), watched for 10 min');
    await pressByKeyboard(page, dialog(page).getByRole('button', { name: 'Apply' }));
    await expect(rung(page, 'Declared')).toContainText('Declared: seen');
    await pressByKeyboard(page, dialog(page).getByRole('button', { name: 'Close' }));
    await seeShare(page, 'v2', 13.5, 16.5);
    const panel = panelOf(page, 'v2');
    await pressByKeyboard(page, panel.getByRole('button', { name: 'Pause' }));
    await expect(panel).toContainText('paused');
    await pressByKeyboard(page, panel.getByRole('button', { name: 'Resume' }));
    await expect(panel).toContainText('running');
    await pressByKeyboard(page, panel.getByRole('button', { name: 'Take back' }));
    await expect(panel).toContainText('taken back', { timeout: 30_000 });
    expect((await fleet.read(paymentPath)).spec).toEqual(before);
    await seeShare(page, 'v2', 8, 12);
  });
});
