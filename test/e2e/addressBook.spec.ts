import { rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import type { PodiumProcess } from './loopbackHost.ts';
import { expect, startPodium, test as base } from './podium.ts';

/** A host that knows no cluster: what it shows is the rehearsal's. */
const test = base.extend<{ readonly fresh: PodiumProcess }>({
  // Playwright demands the braces.
  fresh: async ({}, use) => {
    const podium = await startPodium();
    await use(podium);
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  },
});

const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });

/** Does what the palette finds first. */
async function command(page: Page, words: string, first: RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('searchbox', { name: 'Find a service or an action' })).toBeFocused();
  await page.keyboard.type(words);
  await expect(page.getByRole('option').first()).toHaveText(first);
  await page.keyboard.press('Enter');
}

async function expectNoFindingsInBoth(page: Page, where: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    // The rest of the page has a test of its own.
    await expectNoFindings(page, `${where}, ${colorScheme}`, '[role="dialog"]');
  }
}

test('what systems contradict each other about leads to its cause, and any service to all of its addresses', async ({
  page,
  fresh,
}) => {
  await page.goto(fresh.url);
  await page.context().grantPermissions(['clipboard-write']);
  await page.getByRole('button', { name: 'Enter the rehearsal' }).click();
  const dialog = page.getByRole('dialog');

  await test.step('a finding says what it is and leads to the service', async () => {
    await page.getByRole('button', { name: /^\d+ findings?$/ }).click({ timeout: 60_000 });
    const vouchers = dialog.getByRole('listitem').filter({ hasText: 'vouchers' });
    await expect(vouchers).toContainText(
      'Versions differ: Consul Rehearsal dc2 says v1 and Eureka Rehearsal partners says v2.',
    );
    await expect(vouchers).toContainText('Mend the label or the metadata that is wrong');
    await expectNoFindingsInBoth(page, 'findings');
    await vouchers.getByRole('button', { name: 'Go to vouchers' }).click();
    await expect(inspector(page).getByRole('heading', { name: 'vouchers', level: 2 })).toBeVisible();
    await expect(inspector(page).getByRole('list', { name: 'Findings' })).toContainText('Versions differ');
  });

  await test.step('a service is found by the letters of its name, and its addresses are copied', async () => {
    // Here no map is drawn meanwhile.
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Services' }).click();
    await page.getByRole('button', { name: 'Address book' }).click();
    await expect(dialog.getByRole('searchbox', { name: 'Find a service' })).toBeFocused();
    await page.keyboard.type('oder');
    await expect(dialog.getByRole('option').first()).toContainText('order');
    await page.keyboard.press('Enter');
    const inCluster = dialog.getByRole('list', { name: 'Addresses in Kubernetes Rehearsal' });
    await expect(inCluster.getByRole('listitem').first()).toHaveText(
      /order\.shop\.svc\.cluster\.local:8080.*only inside the cluster/,
    );
    const inConsul = dialog.getByRole('list', { name: 'Addresses in Consul Rehearsal dc2' });
    await expect(inConsul).toContainText('past the mesh and its weights');
    await expectNoFindingsInBoth(page, 'address book');
    await inConsul.getByRole('button', { name: 'Copy order.service.dc2.consul' }).click();
    await expect(dialog.getByText('Copied order.service.dc2.consul.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Find another…' }).click();
    const field = dialog.getByRole('searchbox', { name: 'Find a service' });
    await expect(field).toBeFocused();
    await page.keyboard.press('Control+v');
    await expect(field).toHaveValue('order.service.dc2.consul');
    await expect(dialog.getByRole('option')).toHaveText([/^order/]);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('a trip that two systems could make names both, and goes through the one that is chosen', async () => {
    await page.getByRole('row', { name: 'order', exact: true }).click();
    await expect(inspector(page).getByRole('heading', { name: 'order', level: 2 })).toBeVisible();
    // Its callers come with the figures, and with them what can stop their calls.
    await expect(inspector(page).getByRole('region', { name: 'Calls', exact: true })).toContainText(
      'edge-gateway',
      { timeout: 60_000 },
    );
    await command(page, 'trip calls to order', /Trip calls to order/);
    const systems = dialog.getByRole('radiogroup', { name: 'Through which system' });
    await expect(systems.getByRole('radio', { name: /^Kubernetes Rehearsal It counts/ })).toBeChecked();
    await expect(dialog.getByRole('radiogroup', { name: 'How', exact: true })).toContainText(
      'The callers’ proxies refuse',
    );
    await systems.getByText('Consul Rehearsal dc2').click();
    await expect(dialog.getByText(/^order\.service\.dc2\.consul on Rehearsal dc2$/)).toBeVisible();
    await expect(dialog.getByRole('radiogroup', { name: 'How', exact: true })).toContainText('intention');
    await dialog.getByText('Deny', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Review…' }).click();
    await expect(page.getByRole('dialog', { name: /order/ })).toContainText('Rehearsal dc2');
  });
});
