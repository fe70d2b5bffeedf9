import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { walkByKeyboard } from './byKeyboard.ts';
import { expect, test } from './podium.ts';
import { openPage, select, tabTo } from './steps.ts';

const theMap = (page: Page) => page.getByRole('region', { name: 'Map' });
const onMap = (page: Page, name: string) =>
  theMap(page).getByRole('button', { name: new RegExp(`^${name}, `) });
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
const inspected = (page: Page, name: string) => inspector(page).getByRole('heading', { name, level: 2 });
const toolbar = (page: Page) => page.getByRole('toolbar', { name: 'View of the map' });

/** Everything that the first minute brings is on the map: figures name callers that no object does. */
async function wholeMap(page: Page): Promise<string[]> {
  await expect(onMap(page, 'unknown callers')).toBeVisible({ timeout: 30_000 });
  return shownOn(page);
}

/** The services on the map, in order of their names. */
async function shownOn(page: Page): Promise<string[]> {
  const labels = await theMap(page)
    .getByRole('button', { pressed: false })
    .or(theMap(page).getByRole('button', { pressed: true }))
    .evaluateAll((all) =>
      all
        .filter((each) => each.hasAttribute('data-service-id'))
        .map((each) => each.getAttribute('aria-label') ?? ''),
    );
  return labels.map((label) => label.split(', ')[0] ?? '').sort();
}

async function find(page: Page, expression: string): Promise<Locator> {
  const field = page.getByRole('searchbox', { name: 'Find services' });
  await field.fill(expression);
  await field.press('Enter');
  await expect(field).toHaveValue('');
  return page.getByRole('button', { name: `Remove the filter ${expression}` });
}

test('find narrows the map by expression, each a chip that can be removed', async ({ map: page }) => {
  const all = await wholeMap(page);
  expect(all.length).toBeGreaterThan(10);

  const byName = await find(page, 'pay');
  await expect.poll(() => shownOn(page)).toEqual(['payment']);
  await byName.click();
  await expect.poll(() => shownOn(page)).toEqual(all);

  const byNamespace = await find(page, 'ns:logistics');
  await expect.poll(() => shownOn(page)).toEqual(['logistics', 'shipments']);
  await byNamespace.click();

  await expect(onMap(page, 'payment')).toHaveAccessibleName(/failing/, { timeout: 30_000 });
  const byHealth = await find(page, 'health:failing');
  await expect.poll(() => shownOn(page)).toContain('payment');
  expect(await shownOn(page)).not.toContain('catalog');
  const byVersion = await find(page, 'version:v2');
  await expect.poll(() => shownOn(page), 'both must hold').toEqual(['payment']);
  await byHealth.click();
  await byVersion.click();
  await expect.poll(() => shownOn(page)).toEqual(all);

  await find(page, 'nothing-of-this-name');
  await expect(page.getByText('No service fits the filters')).toBeVisible();
  await page.getByRole('button', { name: 'Remove all filters' }).click();
  await expect.poll(() => shownOn(page)).toEqual(all);

  const field = page.getByRole('searchbox', { name: 'Find services' });
  await field.fill('health:purple');
  await expect(field).toHaveAccessibleDescription(/purple/);
  await field.press('Enter');
  await expect(field, 'what cannot be read is not taken for a filter').toHaveValue('health:purple');
});

test('focus shows what lies within so many calls, and idle services can be hidden', async ({ map: page }) => {
  const all = await wholeMap(page);
  await select(page, 'ledger');
  await toolbar(page).getByRole('button', { name: 'Focus ledger' }).click();
  await expect.poll(() => shownOn(page)).toContain('ledger');
  const near = await shownOn(page);
  expect(near.length).toBeLessThan(all.length);
  await page.getByRole('button', { name: 'One hop more' }).click();
  await expect(page.getByText('focus: ledger, 2 hops')).toBeVisible();
  await expect.poll(async () => (await shownOn(page)).length).toBeGreaterThan(near.length);
  await page.getByRole('button', { name: 'One hop less' }).click();
  await expect.poll(() => shownOn(page)).toEqual(near);
  await page.getByRole('button', { name: 'Leave the focus on ledger' }).click();
  await expect.poll(() => shownOn(page)).toEqual(all);

  await toolbar(page).getByRole('button', { name: 'Hide idle' }).click();
  await expect.poll(() => shownOn(page)).not.toContain('istiod');
  expect(await shownOn(page)).toContain('payment');
  await page.getByRole('button', { name: 'Show idle services again' }).click();
  await expect.poll(() => shownOn(page)).toEqual(all);
});

test('of a path between two services only the way is left on the map', async ({ map: page }) => {
  const all = await wholeMap(page);
  await select(page, 'order');
  await toolbar(page).getByRole('button', { name: 'Path' }).click();
  await page.getByRole('menuitem', { name: 'to ledger' }).click();
  await expect.poll(() => shownOn(page)).toEqual(['ledger', 'order', 'payment']);
  await page.getByRole('button', { name: 'Leave the path from order to ledger' }).click();
  await expect.poll(() => shownOn(page)).toEqual(all);
});

test('the list holds the same services and leads back to the map', async ({ map: page }) => {
  const all = await wholeMap(page);
  await toolbar(page).getByRole('button', { name: 'Show list' }).click();
  const table = page.getByRole('grid', { name: 'Services' });
  const named = async () => (await table.getByRole('rowheader').allTextContents()).map((each) => each.trim());
  await expect.poll(async () => (await named()).sort()).toEqual(all);
  await table.getByRole('columnheader', { name: 'Name', exact: true }).click();
  await expect.poll(named).toEqual([...all].sort((a, b) => a.localeCompare(b)));
  const row = table.getByRole('row', { name: /catalog/ });
  await expect(row).toContainText('shop');
  await expect(row).toContainText('4/4');
  await row.click();
  await expect(inspected(page, 'catalog')).toBeVisible();
  await page.getByRole('button', { name: 'Show map' }).click();
  await expect(onMap(page, 'catalog')).toHaveAttribute('aria-pressed', 'true');
});

test('the keyboard follows calls, opens, returns, and asks for help', async ({ map: page }) => {
  await walkByKeyboard(page, 'Follow calls on the map', async () => {
    const focused = (name: string) => expect(onMap(page, name)).toBeFocused();
    const call = theMap(page).getByRole('img', { name: 'edge-gateway calls order' });
    await expect(call, 'calls come with the first figures').toBeAttached({ timeout: 30_000 });
    await tabTo(page, onMap(page, 'edge-gateway'));
    await page.keyboard.press('Enter');
    await expect(inspected(page, 'edge-gateway')).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(inspected(page, 'edge-gateway')).toHaveCount(0);
    const next = (await inspector(page).getByRole('heading', { level: 2 }).textContent()) ?? '';
    await focused(next);
    await page.keyboard.press('Enter');
    const inside = () =>
      page.evaluate(() => document.activeElement?.closest('[aria-label="Inspector"]') !== null);
    await expect.poll(inside, 'Enter on what is selected goes into the inspector').toBe(true);
    await page.keyboard.press('Escape');
    await focused(next);
    await page.keyboard.press('ArrowLeft');
    await focused('edge-gateway');
    await page.keyboard.press('Escape');
    await expect(inspector(page)).toHaveCount(0);
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Help' });
    await expect(help).toContainText('Follow a call to the service called');
    await page.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Find services' })).toBeFocused();
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await expect(page.getByRole('grid', { name: 'Services' })).toBeVisible();
    await page.keyboard.press('1');
    await expect(theMap(page)).toBeVisible();
  });
});

test('needs attention names the worst first, and one click leads to it', async ({ map: page }) => {
  const attention = page.getByRole('region', { name: 'Needs attention' });
  const first = attention.getByRole('button').first();
  // Before the first figures it may be a certificate that is near its end.
  await expect(first).toContainText(/failed\/s/, { timeout: 30_000 });
  const name = /^(\S+?)(external|\s|\d)/.exec((await first.textContent()) ?? '')?.[1] ?? '';
  await first.click();
  await expect(inspector(page).getByRole('heading', { level: 2 })).toContainText(name);
});

test('figures say their source and age', async ({ map: page }) => {
  const age = page.getByRole('banner').getByText(/^Live · data \d+ s old$/);
  await expect(age).toBeVisible({ timeout: 30_000 });
  await expect(page.getByTitle(/Prometheus.*: newest sample .* UTC, over \d+ s/)).toBeVisible();
  await select(page, 'payment');
  await expect(
    inspector(page)
      .getByText(/Prometheus.*, \d+ (ms|s) old/)
      .first(),
  ).toBeVisible();
});

test('what is shown is exported with its source and time', async ({ map: page }) => {
  await expect(onMap(page, 'payment')).toHaveAccessibleName(/failing/, { timeout: 30_000 });
  await find(page, 'ns:shop');
  await expect.poll(() => shownOn(page)).not.toContain('ledger');
  const shown = await shownOn(page);
  await toolbar(page).getByRole('button', { name: 'Export' }).click();
  const started = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'As JSON' }).click();
  const download = await started;
  expect(download.suggestedFilename()).toMatch(/^podium-map.*\.json$/);
  const picture = JSON.parse(await readFile(await download.path(), 'utf8')) as {
    takenAt: string;
    sources: { source: string; newestSampleAt: number | null }[];
    services: { name: string; signals: { health: string; requestsPerSecond: number } | null }[];
    calls: { signals: unknown }[];
  };
  expect(Math.abs(Date.now() - Date.parse(picture.takenAt))).toBeLessThan(60_000);
  expect(picture.sources[0]?.source).toMatch(/Prometheus/);
  expect(picture.sources[0]?.newestSampleAt).toBeGreaterThan(Date.now() - 120_000);
  expect(picture.services.map(({ name }) => name).sort()).toEqual(shown);
  const payment = picture.services.find(({ name }) => name === 'payment');
  expect(payment?.signals?.health).toBe('failing');
  expect(payment?.signals?.requestsPerSecond).toBeGreaterThan(1);
  expect(picture.calls.length).toBeGreaterThan(3);
});

test('a call can be selected from its service and says how it fares and what protects it', async ({
  map: page,
}) => {
  await select(page, 'payment');
  await inspector(page).getByRole('tab', { name: 'Calls' }).click();
  await inspector(page).getByRole('button', { name: 'Call from order' }).click();
  await expect(inspected(page, 'order → payment')).toBeVisible();
  const said = (term: string) =>
    inspector(page)
      .locator('dl > div')
      .filter({ has: page.getByRole('term').getByText(term, { exact: true }) })
      .getByRole('definition');
  await expect(said('Failed')).toHaveText(/^\d[\d.]* %$/, { timeout: 30_000 });
  await expect(said('Time-out')).toContainText(/^6 s/);
  await inspector(page).getByRole('button', { name: 'Go to order' }).click();
  await expect(inspected(page, 'order')).toBeVisible();
  await openPage(page, 'Journal');
  await expect(inspector(page)).toHaveCount(0);
});
