import type { Locator, Page } from '@playwright/test';
import { expectNoFindings, inBothThemes } from './axe.ts';
import { paymentPath } from './fleet.ts';
import { expect, startPodium, test } from './podium.ts';
import { openCall, openPage, select, tabTo, unlock } from './steps.ts';

const v1 = '/apis/apps/v1/namespaces/shop/deployments/payment-v1';
const inventory = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/inventory';
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

async function allWritten(page: Page, count = 2): Promise<void> {
  const words = count === 1 ? 'It was written.' : `All ${count} changes were written.`;
  await expect(dialog(page).getByText(words)).toBeVisible({ timeout: 30_000 });
}

/** Goes through with a set that is under review, whatever it asks. */
async function applyAll(page: Page, count: number): Promise<void> {
  const apply = dialog(page).getByRole('button', { name: `Apply all (${count})` });
  await expect(apply).toBeVisible();
  for (const field of await dialog(page)
    .getByRole('textbox', { name: /^Type payment to confirm/ })
    .all())
    await field.fill('payment');
  for (const tick of await dialog(page)
    .getByRole('checkbox', { name: /^I know/ })
    .all())
    await tick.press('Space');
  await apply.click();
}

/** Looks an operation up in the journal until traffic has shown it. */
async function measuredInJournal(page: Page, title: RegExp): Promise<void> {
  await page.getByRole('list', { name: 'Operations' }).getByRole('button', { name: title }).first().click();
  await expect(
    page
      .getByRole('article')
      .getByRole('listitem')
      .filter({ hasText: /^.?Measured seen/ }),
  ).toBeVisible({ timeout: 60_000 });
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
      await applyAll(page, 2);
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

test('weights, a time-out of the same document and a trip are gathered, seen in the traffic, and undone together from the journal', async ({
  map: page,
  fleet,
}) => {
  const before = [(await fleet.read(paymentPath)).spec, (await fleet.read(inventory)).spec];
  await unlock(page, 'shop-rehearsal');
  await openCall(page, 'catalog', 'inventory');
  await inspector(page).getByRole('button', { name: 'Trip…' }).click();
  await dialog(page).getByRole('button', { name: 'Add to pending' }).click();
  await select(page, 'payment');
  await inspector(page).getByRole('tab', { name: 'Protections' }).click();
  await inspector(page).getByRole('button', { name: 'Edit protections…' }).click();
  const timeout = dialog(page).getByRole('textbox', { name: /^timeout/ });
  if ((await timeout.count()) === 0) {
    await dialog(page).getByRole('button', { name: 'Which protections' }).click();
    await page.getByRole('option', { name: /route/i }).first().click();
  }
  await timeout.fill('7s');
  await dialog(page).getByRole('button', { name: 'Add to pending' }).click();
  await inspector(page).getByRole('tab', { name: 'Overview' }).click();
  await inspector(page)
    .getByRole('slider', { name: /^Split of payment/ })
    .focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(tray(page)).toContainText('3 pending');
  await tray(page).getByRole('button', { name: 'Review all (3)' }).click();
  await applyAll(page, 3);
  await allWritten(page, 3);
  expect(JSON.stringify((await fleet.read(paymentPath)).spec)).toMatch(/"weight":90.*"timeout":"7s"/);
  await dialog(page).getByRole('button', { name: 'Close' }).click();

  await openPage(page, 'Journal');
  await measuredInJournal(page, /^Shift payment/);
  await measuredInJournal(page, /^Trip /);
  await expect(page.getByRole('article')).toContainText(/change 2 of 3 applied together/);
  await page.getByRole('button', { name: 'Show all of them' }).click();
  await dialog(page).getByRole('button', { name: 'Undo what was done…' }).click();
  await applyAll(page, 3);
  await allWritten(page, 3);
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  expect([(await fleet.read(paymentPath)).spec, (await fleet.read(inventory)).spec]).toEqual(before);
  await measuredInJournal(page, /^Undo: Shift payment/);
});

test('a set that someone else’s write stops half way says what was done, and that is undone', async ({
  map: page,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  await gather(page);
  await tray(page).getByRole('button', { name: 'Review all (2)' }).click();
  const apply = dialog(page).getByRole('button', { name: 'Apply all (2)' });
  await expect(apply).toBeEnabled();
  await fleet.patch(v1, [{ op: 'replace', path: '/spec/replicas', value: 4 }]);
  await apply.click();
  const progress = dialog(page).getByRole('list', { name: 'Progress' }).getByRole('listitem');
  await expect(dialog(page).getByText('1 of 2 changes was written; the rest was not tried.')).toBeVisible();
  await expect(progress.nth(0)).toContainText(/^✓.*Shift payment.* written$/);
  await expect(progress.nth(1)).toContainText(/not written: it ends here.*changed/);
  expect(await fleet.read(v1), 'what someone else wrote stays').toMatchObject({ spec: { replicas: 4 } });
  await dialog(page).getByRole('button', { name: 'Undo what was done…' }).click();
  await applyAll(page, 1);
  await allWritten(page, 1);
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});

test('a set in the middle of which Podium is killed is told at the next start, and what was done is undone', async ({
  map: page,
  podium,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  await gather(page);
  await tray(page).getByRole('button', { name: 'Review all (2)' }).click();
  const apply = dialog(page).getByRole('button', { name: 'Apply all (2)' });
  await expect(apply).toBeEnabled();
  // The second change hangs at its peer.
  await fleet.tell({ fault: 'stall', verb: 'patch', resource: 'deployments' });
  await apply.click();
  await expect(dialog(page).getByRole('listitem').nth(1)).toContainText('being written');
  process.kill(podium.pid, 'SIGKILL');
  await expect(page.getByText(/Lost the console/).first()).toBeVisible();
  await fleet.tell({ fault: 'clear' });

  const again = await startPodium({
    dataFolder: podium.dataFolder,
    env: { KUBECONFIG: fleet.kubeconfigFile },
  });
  try {
    await page.goto(again.url);
    const said = page.getByRole('status', { name: 'Messages' });
    await expect(said).toContainText(/Podium ended in the middle of it: 1 of 2 changes was written/);
    await page.getByRole('button', { name: /^Connect to shop-rehearsal, / }).click();
    await unlock(page, 'shop-rehearsal');
    await said.getByRole('button', { name: 'Show' }).click();
    const progress = dialog(page).getByRole('list', { name: 'Progress' }).getByRole('listitem');
    await expect(progress.nth(0)).toContainText(/Shift payment.* written$/);
    await expect(progress.nth(1)).toContainText(/not written: it ends here/, { timeout: 30_000 });
    await inBothThemes(page, 'a set that was cut off');
    await dialog(page).getByRole('button', { name: 'Undo what was done…' }).click();
    await applyAll(page, 1);
    await allWritten(page, 1);
    expect((await fleet.read(paymentPath)).spec).toEqual(before);
  } finally {
    await again.stop();
  }
});
