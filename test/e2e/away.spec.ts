import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator, Page } from '@playwright/test';
import { inBothThemes } from './axe.ts';
import type { Fleet } from './fleet.ts';
import { expect, startPodium, test } from './podium.ts';

const cluster = 'shop-rehearsal';
const catalog = '/apis/apps/v1/namespaces/shop/deployments/catalog';
const twoHoursMs = 2 * 3_600_000;

const panel = (page: Page): Locator => page.getByRole('region', { name: 'While you were away' });
const line = (page: Page, words: RegExp): Locator =>
  panel(page)
    .getByRole('list', { name: `What happened at ${cluster}` })
    .getByRole('listitem')
    .filter({ hasText: words });
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });

/** Opens the cluster, as an operator does at each start. */
async function connect(page: Page): Promise<void> {
  await page.getByRole('button', { name: `Connect to ${cluster}, read-only until unlocked` }).click();
  await expect(
    page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / }),
  ).toBeVisible({ timeout: 60_000 });
}

/** When somebody last looked, by title, as it is on disk. */
function lookedIn(dataFolder: string): Record<string, number> {
  using database = new DatabaseSync(join(dataFolder, 'podium.sqlite'), { readOnly: true });
  const row = database.prepare("SELECT value FROM settings WHERE name = 'looked'").get();
  return JSON.parse(String(row?.['value'] ?? '{}')) as Record<string, number>;
}

/** Has a Podium that is closed have been closed for so much longer. */
function closedLonger(dataFolder: string, byMs: number): void {
  const looked = Object.entries(lookedIn(dataFolder)).map(([title, at]) => [title, at - byMs] as const);
  using database = new DatabaseSync(join(dataFolder, 'podium.sqlite'));
  database
    .prepare("UPDATE settings SET value = ? WHERE name = 'looked'")
    .run(JSON.stringify(Object.fromEntries(looked)));
}

/** What goes on while nobody looks, besides payment's second version, which fails: a rollout, and a pod that comes to nothing. */
async function somethingHappens(fleet: Fleet): Promise<void> {
  const image = '/spec/template/spec/containers/0/image';
  await fleet.patch(catalog, [{ op: 'replace', path: image, value: 'shop/catalog:7.2.0' }]);
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  await fleet.create('/api/v1/namespaces/shop/events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'inventory-5c9-x7.17a', namespace: 'shop' },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'inventory-5c9-x7' },
    reason: 'BackOff',
    message: 'Back-off restarting failed container',
    type: 'Warning',
    source: { component: 'kubelet' },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 3,
  });
}

test('who was away reads what failed, what fired, what was rolled out and how far back that is known, and goes there', async ({
  page,
  fleet,
}) => {
  const env = { KUBECONFIG: fleet.kubeconfigFile };
  const first = await startPodium({ env });
  const { dataFolder } = first;
  await page.goto(first.url);
  await connect(page);
  await expect.poll(() => lookedIn(dataFolder)).toHaveProperty(cluster);
  await expect(panel(page), 'who has just come has missed nothing').toHaveCount(0);
  await first.stop();
  closedLonger(dataFolder, twoHoursMs);
  await somethingHappens(fleet);

  const second = await startPodium({ dataFolder, env });
  await page.goto(second.url);
  await connect(page);

  await test.step('one panel says it all', async () => {
    await expect(panel(page).getByRole('heading', { level: 2 })).toHaveText(
      /^While you were away — 2 h( \d+ min)?$/,
    );
    await expect(panel(page).getByText('Reading what happened…')).toHaveCount(0, { timeout: 70_000 });
    await expect(line(page, /payment.*failing.*worst [\d.]+ % of its calls/)).toContainText(
      /[\d,]+ calls lost/,
    );
    await panel(page)
      .getByRole('button', { name: /more lines?$/ })
      .click();
    await expect(line(page, /alert PaymentCallsFail \(critical\)/)).toContainText('payment');
    await expect(line(page, /deployed: 7\.1\.0 → 7\.2\.0/)).toContainText('catalog');
    await expect(line(page, /BackOff \(3 times\): Back-off restarting/)).toContainText('inventory');
    await expect(panel(page)).toContainText(
      /Figures only since (.+, )?\d\d:\d\d, Events only since (.+, )?\d\d:\d\d; before that nothing is known\./,
    );
    await inBothThemes(page, 'what happened while you were away', '.away');
  });

  await test.step('a line leads to its service, and to the minute at which it began', async () => {
    await line(page, /payment.*failing/)
      .getByRole('button', { name: /^Go to payment, since / })
      .click();
    await expect(inspector(page).getByRole('heading', { name: 'payment', level: 2 })).toBeVisible();
    const timeline = page.getByRole('contentinfo', { name: 'Timeline of errors across the map' });
    await expect(timeline.getByText(/^payment: failing, worst [\d.]+ % of its calls/)).toBeVisible();
    await line(page, /deployed: 7\.1\.0/)
      .getByRole('button', { name: /^Go to catalog, / })
      .click();
    await expect(inspector(page).getByRole('heading', { name: 'catalog', level: 2 })).toBeVisible();
    await line(page, /BackOff/)
      .getByRole('button', { name: /^Go to inventory, / })
      .click();
    await expect(inspector(page).getByRole('heading', { name: 'inventory', level: 2 })).toBeVisible();
  });

  await test.step('it is closed for good, and opened again by the palette', async () => {
    await panel(page).getByRole('button', { name: 'Close what happened while you were away' }).click();
    await expect(panel(page)).toHaveCount(0);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('while you were away');
    await page.getByRole('option', { name: 'What happened while you were away' }).waitFor();
    await page.keyboard.press('Enter');
    await expect(line(page, /payment.*failing/)).toBeVisible();
    await panel(page).getByRole('button', { name: 'Close what happened while you were away' }).click();
    await page.reload();
    await expect(
      page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / }),
    ).toBeVisible({ timeout: 60_000 });
    await expect(panel(page), 'what was closed stays closed in the next window').toHaveCount(0);
  });
  await second.stop();
  await rm(dataFolder, { recursive: true, force: true });
});
