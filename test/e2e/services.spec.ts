import { join } from 'node:path';
import { expect, type Locator, test } from '@playwright/test';
import { readAssets } from '../../shared/node/assets.ts';
import { startBenchConsole } from '../scale/benchConsole.ts';
import { createBenchFleet } from '../scale/benchFleet.ts';
import { openServicesOnly } from '../scale/tableRows.ts';
import { inBothThemes } from './axe.ts';

const assets = await readAssets(join(import.meta.dirname, '../../dist/renderer'));

test('of two thousand services the list draws those in view, and the keyboard reaches all', async ({
  page,
}) => {
  const fleet = createBenchFleet(2_000);
  await using host = await startBenchConsole(fleet, assets);
  await openServicesOnly(page, host, fleet);
  const table = page.getByRole('grid', { name: 'Services' });
  const rows = table.getByRole('row');
  const focused = page.locator(':focus');
  const heading = (name: string): Locator => table.getByRole('columnheader', { name, exact: true });

  await expect(table).toHaveAttribute('aria-rowcount', String(fleet.services + 1));
  await expect(rows.nth(1)).toHaveAttribute('aria-rowindex', '2');
  expect(await rows.count()).toBeLessThan(80);

  await heading('Name').click();
  await expect(heading('Name')).toHaveAttribute('aria-sort', 'ascending');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+End');
  await expect(focused).toBeInViewport({ ratio: 1 });
  const last = rows.filter({ has: focused });
  await expect(last).toHaveAttribute('aria-rowindex', String(fleet.services + 1));
  await expect(heading('Name')).toBeInViewport({ ratio: 1 });
  expect(await rows.count()).toBeLessThan(80);

  const before = await last.textContent();
  const name = await last.getByRole('rowheader').textContent();
  await host.turn();
  await expect(last, 'new figures are drawn where the keyboard stands').not.toHaveText(before ?? '');
  await expect(last.getByRole('rowheader')).toHaveText(name ?? '');

  // Where figures decide the order, the keyboard stays with its service and not with its place.
  await heading('Requests/s').click();
  await table.getByRole('rowheader').nth(5).click();
  const chosen = await table.getByRole('row', { selected: true }).getByRole('rowheader').textContent();
  await host.turn();
  await expect(rows.filter({ has: focused }).getByRole('rowheader')).toHaveText(chosen ?? '');
  await expect(
    page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading', { level: 2 }),
  ).toHaveText(chosen ?? '');
  await inBothThemes(page, 'a long list', '.appMain');
});

test('a list too narrow for a column of namespaces says them below the names', async ({ page }) => {
  const fleet = createBenchFleet(300);
  await using host = await startBenchConsole(fleet, assets);
  await openServicesOnly(page, host, fleet);
  const table = page.getByRole('grid', { name: 'Services' });
  const namespaces = table.getByRole('columnheader', { name: 'Namespace', exact: true });
  const first = table.getByRole('rowheader').first();
  await expect(namespaces).toBeVisible();
  await expect(first).not.toContainText('area-');

  await first.click();
  await page.setViewportSize({ width: 1_024, height: 700 });
  await expect(namespaces).toHaveCount(0);
  await expect(first).toContainText(/area-\d+/);
  expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});
