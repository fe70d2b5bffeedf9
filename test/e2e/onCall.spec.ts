import type { Page } from '@playwright/test';
import { inBothThemes } from './axe.ts';
import { pressByKeyboard, walkByKeyboard } from './byKeyboard.ts';
import { expect, test } from './podium.ts';
import { tabTo } from './steps.ts';

const map = (page: Page) => page.getByRole('region', { name: 'Map' });
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });

/** Goes to a card by Tab, opens its menu by its key, and goes down to an item: no mouse. */
async function choose(page: Page, service: string, item: string): Promise<void> {
  const card = map(page).getByRole('button', { name: new RegExp(`^${service}, `) });
  const menu = page.getByRole('menu', { name: `Service ${service}` });
  await tabTo(page, card);
  await page.keyboard.press('m');
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  const wanted = menu.getByRole('menuitem', { name: new RegExp(`^${item}`) });
  for (let left = 2 * (await menu.getByRole('menuitem').count()); left > 0; left -= 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('ArrowDown');
  }
  await expect(wanted).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu).toHaveCount(0);
}

test('a certificate near its end is in sight, and all that on-call reaches for is in the menu of the card', async ({
  map: page,
}) => {
  await test.step('it stands at its service: on the map, in the menu, in the inspector, in About', async () => {
    const attention = page.getByRole('region', { name: 'Needs attention' });
    await expect(
      attention.getByRole('button', { name: /^edge-gateway.*certificate ends in 12 d/ }),
    ).toBeVisible({
      timeout: 30_000,
    });
    await choose(page, 'edge-gateway', 'Cert');
    const certificates = inspector(page).getByRole('list', { name: 'Certificates near their end' });
    await expect(certificates).toContainText('Certificate ends in 12 dshop.example.com');
    await expect(certificates).toContainText('Secret edge/shop-tls, used by Ingress edge/shop');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('about');
    await page
      .getByRole('option', { name: /^About / })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    const about = page.getByRole('dialog', { name: /^About / });
    await expect(about.getByRole('list', { name: /^Certificates of / })).toContainText('shop.example.com');
    await page.keyboard.press('Escape');
    await expect(about).toHaveCount(0);
  });

  await test.step('the menu is readable in both themes, and the keyboard comes back to the card', async () => {
    const card = map(page).getByRole('button', { name: /^order, / });
    await tabTo(page, card);
    await page.keyboard.press('Shift+F10');
    await expect(page.getByRole('menu', { name: 'Service order' })).toBeVisible();
    await inBothThemes(page, 'the menu of a service', '[role="menu"]');
    await page.keyboard.press('Escape');
    await expect(card).toBeFocused();
  });

  // Events, rollout history, resource use, YAML, logs and port-forwards: each is one step away.
  await walkByKeyboard(page, 'All about a service', async () => {
    await choose(page, 'order', 'Events');
    await expect(inspector(page).getByRole('list', { name: 'Events' })).toContainText('ScalingReplicaSet');

    await choose(page, 'order', 'Calls');
    await expect(inspector(page).getByRole('tab', { name: 'Calls' })).toHaveAttribute(
      'aria-selected',
      'true',
    );

    await choose(page, 'order', 'Rollout');
    const changed = inspector(page)
      .getByRole('button', { name: /^What changed from revision/ })
      .first();
    await pressByKeyboard(page, changed);
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('shop/order:2.14');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);

    await choose(page, 'order', 'Instances');
    await expect(inspector(page).getByRole('table', { name: 'Instances' })).toContainText(/CPU.*Memory/s);

    await choose(page, 'order', 'YAML');
    await expect(dialog).toContainText('kind: Service');
    await expect(dialog).not.toContainText('fieldsType');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);

    await choose(page, 'order', 'Forward');
    await expect(dialog.getByRole('textbox', { name: 'Port of the instance' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);

    await choose(page, 'order', 'Logs');
    await expect(page.getByRole('region', { name: /^Logs of order/ })).toBeVisible();
  });
});
