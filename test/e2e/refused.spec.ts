import { rm } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { inBothThemes } from './axe.ts';
import { expect, startPodium, test } from './podium.ts';
import { openCall, select } from './steps.ts';

const policies = '/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies';
const networks = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
const selector = { matchLabels: { app: 'inventory' } };
const admits =
  'AuthorizationPolicy shop/inventory-callers admits only namespace finance; catalog is not among them.';

const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const refused = (page: Page): Locator =>
  inspector(page)
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Refused calls' }) });

/** Admits nobody to inventory but the finance department. */
const onlyFinance = {
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name: 'inventory-callers', namespace: 'shop' },
  spec: { selector, action: 'ALLOW', rules: [{ from: [{ source: { namespaces: ['finance'] } }] }] },
};

/** Admits to inventory only what does not call it. */
const onlyTill = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'inventory-network', namespace: 'shop' },
  spec: {
    podSelector: selector,
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'till' } } }] }],
  },
};

/** Shows the call once some of it was refused, which its callers count from scrape to scrape. */
async function openRefused(page: Page): Promise<void> {
  await openCall(page, 'catalog', 'inventory');
  await expect(refused(page)).toContainText(/% of calls from catalog are refused \(403\)/, {
    timeout: 90_000,
  });
}

/** Asks again until this is said: what somebody else wrote is there a moment later. */
async function saysAtLast(page: Page, words: string): Promise<void> {
  await expect(async () => {
    await refused(page).getByRole('button', { name: 'Look again' }).click();
    await expect(refused(page)).toContainText(words, { timeout: 20_000 });
  }).toPass({ timeout: 120_000 });
}

test('of calls that a policy refuses it is said which one, whom it admits, and what is not known', async ({
  map: page,
  fleet,
}) => {
  await fleet.create(policies, onlyFinance);
  await openRefused(page);

  await test.step('the policy is named, with whom it admits and on what that rests', async () => {
    await saysAtLast(page, admits);
    await expect(refused(page)).toContainText('catalog is taken to call with its service account (catalog)');
    await expect(refused(page)).toContainText('No NetworkPolicy is about inventory.');
    await expect(refused(page).getByRole('listitem')).toHaveText([
      /^AuthorizationPolicy shop\/inventory-callers · there since \d\d:\d\d YAML$/,
    ]);
    await refused(page)
      .getByRole('button', { name: 'YAML of AuthorizationPolicy inventory-callers' })
      .click();
    const yaml = page.getByRole('dialog');
    await expect(yaml).toContainText('kind: AuthorizationPolicy');
    await expect(yaml).toContainText('finance');
    await page.keyboard.press('Escape');
    await expect(yaml).toHaveCount(0);
  });

  await test.step('proxies that write no log are not taken for proxies that refuse nobody', async () => {
    await refused(page).getByRole('button', { name: 'Ask the proxies’ log' }).click();
    await expect(refused(page)).toContainText('Its proxies write no access log, or had nothing to write');
    await expect(refused(page).getByRole('button', { name: 'Read again' })).toBeVisible();
    await inBothThemes(page, 'a call that is refused', '.inspector');
  });

  await test.step('the service called says so too', async () => {
    await select(page, 'inventory');
    await expect(inspector(page)).toContainText(/of calls from catalog are refused \(403\)/);
    await expect(inspector(page)).toContainText(admits);
  });

  await test.step('what depends on the request is not decided, and a network policy is told by what it does', async () => {
    const stock = [{ to: [{ operation: { paths: ['/stock/*'] } }] }];
    await fleet.patch(`${policies}/inventory-callers`, [
      { op: 'replace', path: '/spec', value: { selector, action: 'DENY', rules: stock } },
    ]);
    await fleet.create(networks, onlyTill);
    await openCall(page, 'catalog', 'inventory');
    await saysAtLast(
      page,
      'Whether AuthorizationPolicy shop/inventory-callers refuses catalog depends on the request.',
    );
    await expect(refused(page)).toContainText(
      'may be denied by AuthorizationPolicy shop/inventory-callers: depends on path',
    );
    await saysAtLast(
      page,
      'NetworkPolicy shop/inventory-network admits only from pods app=till; catalog is not among them.',
    );
    await expect(refused(page)).toContainText('fails to connect: it is never answered 403');
  });
});

test('policies that may not be read are not taken for none', async ({ page, fleet }) => {
  await fleet.create(policies, onlyFinance);
  await fleet.tell({ fault: 'answer', code: 403, resource: 'authorizationpolicies', times: 1_000_000 });
  const podium = await startPodium({ env: { KUBECONFIG: fleet.kubeconfigFile } });
  await page.goto(podium.url);
  await page.getByRole('button', { name: /^Connect to shop-rehearsal, / }).click();
  await expect(
    page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^inventory, / }),
  ).toBeVisible({ timeout: 60_000 });
  await openRefused(page);
  await saysAtLast(
    page,
    'AuthorizationPolicies cannot be read, so it is not known whether one refuses these calls.',
  );
  await expect(refused(page)).toContainText(/authorizationpolicies.*(forbidden|not allowed)/);
  await expect(refused(page).getByRole('listitem'), 'no policy is blamed').toHaveCount(0);
  await podium.stop();
  await rm(podium.dataFolder, { recursive: true, force: true });
});
