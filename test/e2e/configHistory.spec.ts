import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { startFleet } from './fleet.ts';
import { close, dialog, inspector, press, reach, rolledOut } from './instances.ts';
import { expect, startPodium, test } from './podium.ts';
import { openPage, rung, select, tabTo, unlock } from './steps.ts';

const settings = '/api/v1/namespaces/shop/configmaps/payment-settings';
const row = (page: Page, name: string): Locator => page.getByRole('treegrid').getByRole('row', { name });

async function openSettings(page: Page, entry: string): Promise<void> {
  await select(page, 'payment');
  await inspector(page).getByRole('tab', { name: 'Config' }).click();
  await inspector(page).getByRole('button', { name: 'Open Config' }).click();
  await row(page, entry).click();
}

/** The share of v2's answers that fail, as payment's card says it; 0 while it says nothing of failures. */
async function failingOnCall(page: Page): Promise<number | null> {
  const call = inspector(page).getByRole('table', { name: 'Calls in' }).getByRole('row', { name: /order/ });
  const text = (await call.innerText()).replaceAll('\n', ' ');
  const share = /([\d.]+) %/.exec(text)?.[1];
  return share === undefined ? null : Number(share);
}

test('a larger pool, restarted into payment, is seen in its calls; history brings the old one back', async ({
  map: page,
  fleet,
}) => {
  test.setTimeout(240_000);
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await inspector(page).getByRole('tab', { name: 'Calls' }).click();
  await expect.poll(() => failingOnCall(page), { timeout: 60_000 }).toBeGreaterThan(2);

  await openSettings(page, 'BANK_POOL_SIZE');
  await page.getByRole('textbox', { name: 'Value of BANK_POOL_SIZE' }).fill('16');
  const bar = page.getByRole('region', { name: 'Pending edit' });
  await expect(bar.getByRole('checkbox', { name: /^restart payment-v1, payment-v2 with it/ })).toBeChecked();
  await bar.getByRole('button', { name: 'Review…' }).click();
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await rolledOut(page);
  await close(page);
  await openPage(page, 'Map');
  await select(page, 'payment');
  await inspector(page).getByRole('tab', { name: 'Calls' }).click();
  await expect.poll(() => failingOnCall(page), { timeout: 120_000 }).toBeLessThan(1.2);

  // Any two versions, and the one as it was found put back: by keyboard alone.
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Config' }).focus();
  await page.keyboard.press('Enter');
  await reach(page, page.getByRole('tab', { selected: true, name: 'Entries' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const versions = page.getByRole('list', { name: 'Versions' });
  await expect(versions).toContainText('of what it set, this still stands: data.BANK_POOL_SIZE');
  await expect(versions).toContainText('found it so at the change that follows');
  await expect(page.getByLabel(/^ConfigMap shop\/payment-settings, .* and as it is now$/)).toContainText(
    'BANK_POOL_SIZE: "4"',
  );
  await press(page, page.getByRole('button', { name: /^Newer version|Newer version/ }));
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByText('They are the same.')).toBeVisible();
  await press(page, page.getByRole('button', { name: /^Restore the version of .*someone past this Podium/ }));
  await tabTo(page, bar.getByRole('button', { name: 'Review…' }));
  await page.keyboard.press('Enter');
  await tabTo(page, dialog(page).getByRole('button', { name: 'Apply' }));
  await page.keyboard.press('Enter');
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  expect(await fleet.read(settings)).toMatchObject({ data: { BANK_POOL_SIZE: '4' } });
});

test('the same ConfigMap of two environments is compared', async ({ page, fleet }) => {
  await using other = await startFleet('--history', '1');
  const both = join(other.kubeconfigFile, '../both');
  const renamed = (await readFile(other.kubeconfigFile, 'utf8'))
    .replaceAll('shop-rehearsal', 'shop-staging')
    .replaceAll(/(name|cluster): rehearsal/g, '$1: staging')
    .replaceAll(/(name|user): (operator|viewer)/g, '$1: staging-$2');
  await writeFile(both, renamed, { mode: 0o600 });
  await other.patch(settings, [{ op: 'replace', path: '/data/BANK_POOL_SIZE', value: '32' }]);
  const podium = await startPodium({ env: { KUBECONFIG: `${fleet.kubeconfigFile}:${both}` } });
  try {
    await page.goto(podium.url);
    await page.getByRole('button', { name: 'Connect to shop-rehearsal, read-only until unlocked' }).click();
    await openPage(page, 'Sources');
    await page.getByRole('button', { name: 'Connect another…' }).click();
    await page.getByRole('button', { name: 'Connect to shop-staging, read-only until unlocked' }).click();
    await openPage(page, 'Config');
    const service = page.getByRole('combobox', { name: 'Service', exact: true });
    await service.fill('payment · shop · shop-rehearsal');
    await page.getByRole('option', { name: 'payment · shop · shop-rehearsal' }).click();
    await row(page, 'payment-settings').click();
    await page.getByRole('tab', { name: 'Compare' }).click();
    const pane = page.getByRole('region', { name: 'ConfigMap shop/payment-settings' });
    await expect(pane.getByLabel('ConfigMap shop/payment-settings on shop-rehearsal')).toContainText(
      'BANK_POOL_SIZE: "4"',
    );
    await expect(pane.getByLabel('ConfigMap shop/payment-settings on shop-staging')).toContainText(
      'BANK_POOL_SIZE: "32"',
    );
  } finally {
    await podium.stop();
  }
});
