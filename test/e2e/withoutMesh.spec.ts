import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expectNoFindings, inBothThemes } from './axe.ts';
import { startFaultyPath } from './faultyPath.ts';
import { expect, startPodium, test } from './podium.ts';
import { select } from './steps.ts';

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
  await page.goto(podium.url);
  const map = page.getByRole('region', { name: 'Map' });
  const says = map.getByText(/Nothing in Prometheus says who calls whom/);
  const remedy = map.getByText('What would show who calls whom');
  try {
    await test.step('services and their readiness are there all the same', async () => {
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
      await inBothThemes(page, 'what would show calls', '.mapTop');
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

test.describe('beside a mesh', () => {
  test.use({ fleetArgs: ['--calm', '--with-accounts'] });

  test('calls that only traces and an ingress tell of are on the map, and of whom nobody tells is said', async ({
    map: page,
  }) => {
    const map = page.getByRole('region', { name: 'Map' });
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    const called = (caller: string, callee: string) =>
      expect(map.getByRole('img', { name: `${caller} calls ${callee}`, exact: true })).toBeAttached({
        timeout: 60_000,
      });
    await test.step('by traces, and by the ingress controller', async () => {
      await called('portal', 'billing');
      await called('billing', 'tax-rates');
      await called('ingress-nginx-controller', 'portal');
      await called('order', 'payment');
    });
    await test.step('each with its rate and whose evidence it is', async () => {
      await select(page, 'billing');
      await inspector.getByRole('tab', { name: 'Calls' }).click();
      await expect(inspector.getByText(/OpenTelemetry service/)).toBeVisible();
      await expect(map.getByRole('button', { name: /^billing, healthy.* rps/ })).toBeVisible();
    });
    await test.step('where nobody tells of calls, the map and the service say so, and what would', async () => {
      const untold = map.getByText('No calls known in 3 namespaces');
      await untold.locator('..').focus();
      await untold.click();
      await expect(
        map.getByText(/^Of the services in archive, istio-system, monitoring no source/),
      ).toBeVisible();
      await expectNoFindings(page, 'namespaces without calls', '.mapTop');
      await untold.click();
      await select(page, 'scans');
      await expect(inspector.getByText('nobody calls, or nobody tells', { exact: false })).toBeVisible();
      await inspector.getByText('What would show who calls whom').click();
      await expect(inspector.getByRole('term').filter({ hasText: 'Traces' })).toBeVisible();
    });
  });
});
