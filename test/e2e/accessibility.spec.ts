import { dialogInBothThemes, inBothThemes, menuInBothThemes } from './axe.ts';
import { expect, test } from './podium.ts';
import { test as rehearsalTest } from './rehearsal.ts';
import { dragTo, handleOnMap, openCall, openPage, select, unlock } from './steps.ts';

// Each screen and dialog is opened once, and looked at twice: dialogs that need more than that (a login program, a canary under
// way, a set of changes) are gone through where their own specs open them. renderer/ui/axeWalks.test.ts knows where each is.
test('the screens and dialogs that this walk opens are accessible in both themes', async ({
  page,
  podium,
}) => {
  test.setTimeout(600_000);
  await page.goto(podium.url);
  const connect = page.getByRole('button', { name: /^Connect to shop-rehearsal, / });
  await expect(connect).toBeVisible();
  await inBothThemes(page, 'first run');
  await connect.click();
  const map = page.getByRole('region', { name: 'Map' });
  await expect(map.getByRole('button', { name: /^payment, / })).toBeVisible({ timeout: 60_000 });
  const chip = page.getByRole('group', { name: 'Connection shop-rehearsal', exact: true });
  await dialogInBothThemes(page, 'unlock', () => chip.getByRole('button', { name: /Unlock/ }).click());
  await unlock(page, 'shop-rehearsal');
  await inBothThemes(page, 'map');

  await select(page, 'payment');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  for (const tab of [
    'Calls',
    'Protections',
    'Workloads',
    'Config',
    'Instances',
    'Documents',
    'Events',
    'Overview',
  ]) {
    await inspector.getByRole('tab', { name: tab }).click();
    await expect(inspector.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true');
    await inBothThemes(page, `inspector, ${tab}`, 'aside[aria-label="Inspector"]');
  }
  const pressed = (name: string | RegExp) => () => inspector.getByRole('button', { name }).first().click();
  await dialogInBothThemes(page, 'YAML', pressed('YAML'));
  await dialogInBothThemes(page, 'address book', pressed('How to reach it…'));
  await dialogInBothThemes(page, 'port-forward', pressed('Port-forward…'));
  await dialogInBothThemes(page, 'guided canary', pressed(/canary…$/i));
  await dialogInBothThemes(page, 'route for some requests', pressed('Route some requests…'));
  await dialogInBothThemes(page, 'mirror', pressed('Mirror…'));
  await pressed('Logs')();
  const logs = page.getByRole('region', { name: /^Logs of payment/ });
  await expect(logs).toBeVisible();
  await inBothThemes(page, 'logs', '.logs');
  await logs.getByRole('button', { name: 'Close logs' }).click();
  await inspector.getByRole('tab', { name: 'Protections' }).click();
  await dialogInBothThemes(page, 'protections', pressed('Edit protections…'));
  await dialogInBothThemes(page, 'trip', pressed('Trip all callers…'));

  await dragTo(page, handleOnMap(page), 95);
  await inBothThemes(page, 'pending', '.appMain');
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const review = page.getByRole('dialog').first();
  await expect(review.getByRole('button', { name: 'Apply' })).toBeVisible();
  await inBothThemes(page, 'review', '.scrim');
  // From a check to what is said of it, and back to the review.
  await review.getByRole('button', { name: 'Help on this' }).first().click();
  await expect(page.locator('.helpRow.sought')).toBeInViewport();
  await expect(page.getByRole('tab', { name: 'What a review checks' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tab', { name: 'What a review checks' })).toHaveCount(0);
  await review.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  for (const name of ['Services', 'Config', 'Journal', 'Sources', 'Settings'] as const) {
    await openPage(page, name);
    await inBothThemes(page, name, '.appMain');
  }
  await dialogInBothThemes(page, 'about a connection', () =>
    chip.getByRole('button', { name: /: about it$/ }).click(),
  );
  await dialogInBothThemes(page, 'report', () =>
    page.getByRole('button', { name: 'Report for a bug…' }).click(),
  );
  await dialogInBothThemes(page, 'palette', () => page.keyboard.press('Control+k'));
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Help' }).click();
  for (const tab of ['What can be done', 'What a review checks', 'What can be found', 'Keys and signs']) {
    await page.getByRole('tab', { name: tab }).click();
    await inBothThemes(page, `help, ${tab}`, '.scrim');
  }
});

rehearsalTest(
  'alerts, findings, lists and menus are accessible in both themes',
  async ({ rehearsal: page }) => {
    test.setTimeout(600_000);
    await inBothThemes(page, 'tour', '.tour');
    await page.getByRole('button', { name: 'Leave the tour' }).click();
    const banner = page.getByRole('banner');
    await menuInBothThemes(page, 'time range', banner.getByRole('button', { name: /^last 15 min/ }));
    await menuInBothThemes(page, 'incidents', banner.getByRole('button', { name: 'Incidents' }));
    const view = page.getByRole('toolbar', { name: 'View of the map' });
    await dialogInBothThemes(page, 'unprotected calls', () =>
      view.getByRole('button', { name: 'Unprotected' }).click(),
    );
    await menuInBothThemes(page, 'export', view.getByRole('button', { name: 'Export' }));
    await dialogInBothThemes(page, 'findings', () =>
      page.getByRole('button', { name: /^\d+ findings?$/ }).click({ timeout: 60_000 }),
    );
    const alerts = page.getByRole('button', { name: /^\d+ alerts?/ });
    await dialogInBothThemes(page, 'alerts', () => alerts.click({ timeout: 60_000 }));

    await unlock(page, 'Rehearsal');
    await select(page, 'payment');
    await menuInBothThemes(page, 'path', view.getByRole('button', { name: 'Path' }));
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await dialogInBothThemes(page, 'same as another', () =>
      inspector.getByRole('button', { name: 'Same as another…' }).click(),
    );
    await inspector
      .getByRole('button', { name: /^Silence / })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await inBothThemes(page, 'silence', '.scrim');
    await dialog.getByRole('button', { name: 'Review' }).click();
    await expect(dialog.getByRole('button', { name: 'Apply' })).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('seen, being mended');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect(dialog.getByRole('listitem').filter({ hasText: 'Declared: seen' })).toBeVisible({
      timeout: 30_000,
    });
    await inBothThemes(page, 'what was applied', '.scrim');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await openCall(page, 'order', 'payment');
    await inBothThemes(page, 'call', 'aside[aria-label="Inspector"]');
    const line = page
      .getByRole('img', { name: 'order calls payment' })
      .locator('.react-flow__edge-interaction');
    await line.dispatchEvent('contextmenu', { bubbles: true, clientX: 600, clientY: 400 });
    await expect(page.getByRole('menu')).toBeVisible();
    await inBothThemes(page, 'what can be done to a call', '.popover');
    await page.keyboard.press('Escape');
    await select(page, 'recommend');
    await inspector.getByRole('tab', { name: 'Workloads' }).click();
    await expect(inspector.getByRole('heading', { name: /recommend/i, level: 3 }).first()).toBeVisible();
    await inBothThemes(page, 'workloads of a rollout', 'aside[aria-label="Inspector"]');

    await openPage(page, 'Journal');
    await page.getByRole('list', { name: 'Operations' }).getByRole('button').first().click();
    await expect(page.getByRole('article')).toBeVisible();
    await inBothThemes(page, 'what was done', '.appMain');
    await openPage(page, 'Sources');
    await page.getByRole('button', { name: 'Connect another…' }).click();
    await inBothThemes(page, 'connect another', '.appMain');
    await dialogInBothThemes(page, 'connect by address', () =>
      page.getByRole('button', { name: 'Consul…' }).click(),
    );
    await openPage(page, 'Settings');
    const marks = page.getByRole('region', { name: 'Environments' });
    await marks.getByRole('button', { name: /Environment of Rehearsal partners/ }).click();
    await page.getByRole('option', { name: 'staging' }).click();
    await dialogInBothThemes(page, 'telling others', () =>
      page.getByRole('button', { name: 'Set a webhook…' }).click(),
    );
    await openPage(page, 'Sources');
    const close = page.getByRole('button', { name: 'Close…' }).last();
    await dialogInBothThemes(page, 'close a connection', () => close.click());
    await close.click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Close Rehearsal partners' }).click();
    await openPage(page, 'Settings');
    await dialogInBothThemes(page, 'forgetting a connection', () =>
      page.getByRole('button', { name: 'Forget everything of Rehearsal partners' }).click(),
    );
  },
);
