import { rm } from 'node:fs/promises';
import { expect, startPodium, test } from './podium.ts';
import { select } from './steps.ts';

test('a place named at the start waits for its system, is shown with its minute, and copied again', async ({
  page,
  fleet,
}) => {
  const at = new Date(Date.now() - 20 * 60_000);
  const podium = await startPodium({
    env: { KUBECONFIG: fleet.kubeconfigFile },
    args: ['open', 'shop-rehearsal/shop/payment', '--at', at.toISOString()],
  });
  await page.goto(podium.url);
  const banner = page.getByRole('status').filter({ hasText: 'A link leads to payment' });
  await expect(banner).toContainText('shop-rehearsal is not connected');
  await expect(banner).toContainText('A link never connects by itself.');
  await page.getByRole('button', { name: 'Connect to shop-rehearsal, read-only until unlocked' }).click();
  const inspected = (name: string) =>
    page
      .getByRole('complementary', { name: 'Inspector' })
      .getByRole('heading', { level: 2, name, exact: true });
  await expect(inspected('payment')).toBeVisible({ timeout: 60_000 });
  await expect(banner).toHaveCount(0);
  const timeline = page.getByLabel('Timeline of errors across the map');
  await expect(timeline.getByRole('button', { name: /^the link, / })).toBeVisible();
  await expect(page.getByRole('button', { name: /last hour/ })).toBeVisible();

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await select(page, 'order');
  await page.keyboard.press('l');
  await expect(page.getByText(/^Copied: the link to order at \d\d:\d\d\.$/)).toBeVisible();
  // The page itself may not read the clipboard: a hand pastes.
  await page.keyboard.press('/');
  await page.keyboard.press('ControlOrMeta+v');
  const field = page.getByRole('searchbox', { name: 'Find services' });
  await expect(field).toHaveValue(/^podium:\/\/service\/shop\/order\?context=shop-rehearsal&at=20\d\d-/);
  const link = await field.inputValue();

  await page.evaluate(
    (of) => (location.hash = `#open=${encodeURIComponent(of)}`),
    link.replace('order', 'catalog'),
  );
  await expect(inspected('catalog')).toBeVisible();
  expect(await page.evaluate(() => location.hash)).toBe('');
  await page.evaluate(() => (location.hash = `#open=${encodeURIComponent('podium://service/shop/nobody')}`));
  await expect(page.getByRole('status').filter({ hasText: 'nobody' })).toContainText(
    'Nothing of that name is on the map.',
  );
  await page.getByRole('button', { name: 'Forget it' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'nobody' })).toHaveCount(0);
  await podium.stop();
  await rm(podium.dataFolder, { recursive: true, force: true });
});
