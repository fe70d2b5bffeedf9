import { expectNoFindings } from './axe.ts';
import { expect, test } from './podium.ts';
import { openPage } from './steps.ts';

test('what is set applies at once, is kept over a reload, and goes back to its default', async ({
  map: page,
  podium,
}) => {
  const payment = page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / });
  await expect(payment).toHaveAccessibleName(/^payment, (failing|degraded)/, { timeout: 60_000 });
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await expect(page.getByText(podium.dataFolder)).toBeVisible();

  const all = page.getByRole('group', { name: 'Health of all services' });
  const failing = all.getByRole('textbox', { name: 'Failing from' });
  await failing.fill('60');
  await failing.press('Enter');
  await expect(failing).toHaveValue('60%');
  // Arrow keys have what stands there read out, which once left the window empty.
  await failing.press('ArrowUp');
  await failing.press('ArrowUp');
  await expect(failing).toHaveValue('60.2%');
  await failing.press('Tab');
  await all.getByRole('button', { name: 'Back to 1 %, 3 %, 20 calls' }).click();
  await expect(failing).toHaveValue('3%');
  await expect(all.getByRole('button')).toHaveCount(0);

  await page.getByRole('combobox', { name: 'A service that is to be judged differently' }).fill('payment');
  await page.getByRole('option', { name: /^payment/ }).click();
  await page.getByRole('button', { name: 'Give it its own' }).click();
  const own = page.getByRole('group', { name: /^Health of payment/ });
  await own.getByRole('textbox', { name: 'Failing from' }).fill('90');
  await own.getByRole('textbox', { name: 'Degraded from' }).fill('80');
  await own.getByRole('textbox', { name: 'Calls at least' }).fill('5');
  await page.keyboard.press('Tab');
  await openPage(page, 'Map');
  await expect(payment).toHaveAccessibleName(/^payment, healthy/, { timeout: 30_000 });

  await openPage(page, 'Settings');
  const mark = page.getByRole('region', { name: 'Environments' });
  await mark.getByRole('button', { name: /Environment of shop-rehearsal/ }).click();
  await page.getByRole('option', { name: 'production' }).click();
  const chip = page.getByRole('group', { name: 'Connection shop-rehearsal', exact: true });
  await expect(chip.getByRole('button', { name: /shop-rehearsal, production/ })).toBeVisible();

  const time = page.getByRole('region', { name: 'Time' });
  await time.getByRole('radio', { name: 'Another…' }).check({ force: true });
  await time.getByRole('combobox', { name: 'Which' }).fill('kathmandu');
  await page.getByRole('option', { name: 'Kathmandu (Asia)' }).click();
  await expect(time.getByRole('status')).toContainText('UTC+5:45');
  await expectNoFindings(page, 'settings');

  await page.reload();
  await openPage(page, 'Map');
  await expect(page.getByText('times in Kathmandu (Asia)')).toBeVisible();
  await expect(page.locator('.mapDots')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('moving dots');
  await page.keyboard.press('Enter');
  await expect(page.locator('.mapDots path').first()).toBeAttached({ timeout: 30_000 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect(page.locator('.mapDots')).toHaveCount(0);
  await openPage(page, 'Settings');
  await time.getByRole('radio', { name: /^Yours: / }).check({ force: true });
  await expect(time.getByRole('status')).not.toContainText('UTC+5:45');
  await expect(own.getByRole('textbox', { name: 'Failing from' })).toHaveValue('90%');
  await own.getByRole('button', { name: /^Judge payment.* as all$/ }).click();
  await expect(own).toHaveCount(0);
  await mark.getByRole('button', { name: 'Guess the environment of shop-rehearsal again' }).click();
  await expect(chip.getByRole('button', { name: /shop-rehearsal, other/ })).toBeVisible();
});

test('a connection says what it is made of and costs, and a report of it names nobody unless asked', async ({
  map: page,
}) => {
  const chip = page.getByRole('group', { name: 'Connection shop-rehearsal', exact: true });
  await chip.getByRole('button', { name: /: about it$/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'About shop-rehearsal' })).toBeVisible();
  await expect(dialog).toContainText(/Kubernetes v1\.\d+/);
  await expect(dialog).toContainText(/Prometheus \d+\.\d+/);
  await expect(dialog.getByRole('row', { name: /^to services behind the API server [1-9]/ })).toBeVisible();
  await dialog.getByText(/^\d+ streams open$/).click();
  await expect(dialog.getByText('pods in all namespaces')).toBeVisible();
  await expectNoFindings(page, 'about a connection');

  await dialog.getByRole('button', { name: 'Report for a bug…' }).click();
  const report = dialog.getByRole('textbox', { name: 'The report' });
  await expect(report).toHaveValue(/"podium": /);
  expect(await report.inputValue()).not.toMatch(/\bpayment\b|shop-rehearsal/);
  await dialog.getByRole('checkbox', { name: /With the real names/ }).click({ force: true });
  await expect(report).toHaveValue(/shop-rehearsal/);
  const saved = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as a file' }).click();
  expect((await saved).suggestedFilename()).toMatch(/^podium-report-.*\.json$/);
  await expectNoFindings(page, 'report');
});
