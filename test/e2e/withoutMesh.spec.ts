import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expectNoFindings } from './axe.ts';
import { startFaultyPath } from './faultyPath.ts';
import { expect, startPodium, test } from './podium.ts';

const nothing = { status: 'success', data: { resultType: 'vector', result: [] } };

test('where nothing says who calls whom, the map says so and what would, until something does', async ({
  page,
  fleet,
}) => {
  test.setTimeout(120_000);
  await using path = await startFaultyPath(fleet.url);
  // A Prometheus that scrapes no proxy.
  path.fault = ({ url }) =>
    /\/proxy\/api\/v1\/query/.test(url ?? '')
      ? { status: 200, type: 'application/json', body: JSON.stringify(nothing) }
      : null;
  const kubeconfig = join(dirname(fleet.kubeconfigFile), 'without-mesh');
  await writeFile(kubeconfig, (await readFile(fleet.kubeconfigFile, 'utf8')).replaceAll(fleet.url, path.url));
  const podium = await startPodium({ env: { KUBECONFIG: kubeconfig } });
  const map = page.getByRole('region', { name: 'Map' });
  const says = map.getByText(/Nothing in Prometheus says who calls whom/);
  const remedy = map.getByText('What would show who calls whom');
  try {
    await test.step('services and their readiness are there all the same', async () => {
      await page.goto(podium.url);
      await page.getByRole('button', { name: 'Connect to shop-rehearsal, read-only until unlocked' }).click();
      await expect(map.getByRole('button', { name: /^payment, / })).toBeVisible({ timeout: 60_000 });
      await expect(says).toBeVisible({ timeout: 30_000 });
      await expect(map.getByText(/· 0 calls ·/)).toBeVisible();
    });
    await test.step('what could be switched on is one key away', async () => {
      await remedy.locator('..').focus();
      await page.keyboard.press('Enter');
      await expect(map.getByText('Calls appear within a minute', { exact: false })).toBeVisible();
      await expect(map.getByRole('term').filter({ hasText: 'Traces' })).toBeVisible();
      await expectNoFindings(page, 'what would show calls', '.mapTop');
    });
    await test.step('once calls are scraped, it is gone', async () => {
      path.fault = () => null;
      await expect(map.getByRole('img', { name: /^order calls payment/ })).toBeAttached({ timeout: 60_000 });
      await expect(says).toHaveCount(0);
      await expect(remedy).toHaveCount(0);
    });
  } finally {
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  }
});
