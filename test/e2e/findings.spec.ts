import { simulateEureka } from '../../shared/rehearsal/spring/eureka.ts';
import { expectNoFindings } from './axe.ts';
import type { Fleet } from './fleet.ts';
import { expect, test } from './podium.ts';
import { openPage } from './steps.ts';

/** Where a pod of an application is, as the API server has it. */
async function podOf(fleet: Fleet, app: string): Promise<{ ip: string; version: string }> {
  const { items } = (await fleet.read('/api/v1/namespaces/shop/pods')) as unknown as {
    items: { metadata: { labels: Record<string, string> }; status: { podIP: string } }[];
  };
  const pod = items.find(({ metadata }) => metadata.labels['app'] === app);
  if (pod === undefined) throw new Error(`no pod of ${app} runs`);
  return { ip: pod.status.podIP, version: pod.metadata.labels['version'] ?? '' };
}

test('a registry that contradicts the cluster is told of, each time with what it says and what it means', async ({
  map: page,
  fleet,
}) => {
  await using eureka = await simulateEureka();
  const register = (app: string, id: string, pod: { ip: string; version: string }) =>
    eureka.register({ app, id, port: 8080, ...pod });
  const catalog = await podOf(fleet, 'catalog');
  const inventory = await podOf(fleet, 'inventory');
  const recommend = await podOf(fleet, 'recommend');
  // One of several instances, another that is long gone, and a second application at the address of the first.
  register('catalog', 'catalog-1', catalog);
  register('catalog', 'catalog-gone', { ...catalog, ip: catalog.ip.replace(/\d+$/, '251') });
  register('price-list', 'price-list-1', catalog);
  register('inventory', 'inventory-1', inventory);
  await fetch(`http://127.0.0.1:${eureka.port}/eureka/apps/INVENTORY/inventory-1/status?value=DOWN`, {
    method: 'PUT',
  });
  register('recommend', 'recommend-1', { ...recommend, version: 'v9' });

  await openPage(page, 'Sources');
  await page.getByRole('button', { name: 'Connect another…' }).click();
  await page.getByRole('button', { name: 'Eureka…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address', { exact: true }).fill(`http://127.0.0.1:${eureka.port}`);
  await dialog.getByRole('button', { name: /^Connect/ }).click();
  await expect(dialog).toHaveCount(0);
  await openPage(page, 'Map');
  await page.getByRole('button', { name: /^\d+ findings?$/ }).click({ timeout: 60_000 });
  const finding = (service: string, kind: string) =>
    dialog.getByRole('listitem').filter({ hasText: kind }).filter({ hasText: service });

  await test.step('all of them, each under the service where its cause lies', async () => {
    await expect(finding('catalog', 'claimed twice')).toContainText('price-list', { timeout: 60_000 });
    await expect(finding('inventory', 'one instance, which does not pass its checks')).toBeVisible();
    await expect(finding('catalog', 'does not run')).toContainText('catalog-gone');
    await expect(finding('catalog', 'are not known to')).toContainText(/not known to Eureka at 127/);
    await expect(finding('recommend', 'Versions differ')).toContainText('v9');
  });

  await test.step('readable in both themes, also in a small window', async () => {
    await page.setViewportSize({ width: 1024, height: 700 });
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectNoFindings(page, `findings, ${colorScheme}`, '[role="dialog"]');
    }
  });

  await test.step('one leads to its service, where it stands as well', async () => {
    await finding('catalog', 'are not known to').getByRole('button', { name: 'Go to catalog' }).click();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await expect(inspector.getByRole('heading', { name: 'catalog', level: 2 })).toBeVisible();
    await inspector.getByRole('tab', { name: 'Overview' }).click();
    await expect(inspector.getByRole('list', { name: 'Findings' })).toContainText('are not known to');
  });
});
