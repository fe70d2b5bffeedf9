import type { Fleet } from './fleet.ts';
import { expect, test } from './podium.ts';
import { dragTo, handleOnMap, rung, select, unlock } from './steps.ts';

const routePath = '/apis/gateway.networking.k8s.io/v1/namespaces/storefront/httproutes/search';
const canaryPath = '/spec/rules/0/backendRefs/1/name';

/** What people wrote, without the word of its controller. */
const specOf = async (fleet: Fleet): Promise<unknown> => (await fleet.read(routePath)).spec;

test.use({ fleetArgs: ['--calm', '--with-gateway-api'] });

test('a canary’s weight on an HTTPRoute is dragged, applied, measured and undone; what is accepted is not called working; with a VirtualService beside it nothing is written', async ({
  map: page,
  fleet,
}) => {
  test.setTimeout(120_000);
  const dialog = page.getByRole('dialog');
  const tray = page.getByRole('region', { name: 'Pending changes' });
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  const before = await specOf(fleet);

  await test.step('its controller’s word stands beside the weights', async () => {
    await unlock(page, 'shop-rehearsal');
    await select(page, 'search');
    await expect(inspector.getByText(/^Accepted: istio\.io\/gateway-controller accepts it/)).toBeVisible();
  });
  await test.step('a weight is dragged, applied and seen in the traffic', async () => {
    await dragTo(page, handleOnMap(page, 'search'), 60, 'search');
    await expect(tray).toContainText('1 pending');
    expect(await specOf(fleet), 'a drag writes nothing').toEqual(before);
    await tray.getByRole('button', { name: /^Review/ }).click();
    await expect(dialog.getByRole('heading', { name: 'Shift search: v1 90 → 60, v2 10 → 40' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
    await expect(rung(page, 'Measured')).toContainText(/v2 had [\d.]+ % of [\d,]+ calls/);
  });
  await test.step('and taken back', async () => {
    await dialog.getByRole('button', { name: 'Undo…' }).click();
    await expect(dialog.getByRole('heading', { name: /^Undo: Shift search/ })).toBeVisible();
    await expect(dialog.getByRole('textbox', { name: 'Reason' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Declared')).toContainText('Declared: seen');
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await specOf(fleet)).toEqual(before);
  });
  await test.step('accepted with a backend that is not there is said to be refused, and why', async () => {
    await fleet.patch(routePath, [{ op: 'replace', path: canaryPath, value: 'search-gone' }]);
    await expect(inspector.getByText(/ResolvedRefs is False, BackendNotFound/)).toBeVisible();
    await fleet.patch(routePath, [{ op: 'replace', path: canaryPath, value: 'search-canary' }]);
    await expect(inspector.getByText(/ResolvedRefs is False/)).toHaveCount(0);
  });
  await test.step('where a VirtualService is for the same host, the review refuses and says why', async () => {
    await fleet.create('/apis/networking.istio.io/v1/namespaces/storefront/virtualservices', {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'search', namespace: 'storefront' },
      spec: { hosts: ['search'], http: [{ route: [{ destination: { host: 'search' } }] }] },
    });
    await dragTo(page, handleOnMap(page, 'search'), 70, 'search');
    await tray.getByRole('button', { name: /^Review/ }).click();
    await expect(dialog.getByText(/^Blocked: /)).toContainText(
      'Blocked: VirtualService storefront/search is for Service storefront/search too',
    );
    await expect(dialog.getByText(/Which of both kinds proxies follow is not defined/)).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Apply' })).toBeDisabled();
    expect(await specOf(fleet)).toEqual(before);
  });
});
