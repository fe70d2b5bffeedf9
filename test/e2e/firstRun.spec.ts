import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import type { PodiumProcess } from './loopbackHost.ts';
import { expect, startPodium, test as base } from './podium.ts';
import { dragTo, handleOnMap, openPage, rung, select, unlock } from './steps.ts';

/** A host that knows no cluster and was never opened before. */
const test = base.extend<{ readonly fresh: PodiumProcess }>({
  // Playwright demands the braces.
  fresh: async ({}, use) => {
    const podium = await startPodium();
    await use(podium);
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  },
});

const rehearsal = 'Rehearsal';
const tour = (page: Page) => page.getByRole('region', { name: 'Tour' });
const onMap = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Map' }).getByRole('button', { name: new RegExp(`^${name}, `) });

/** What is on disk of how the window is arranged. */
function rememberedView(dataFolder: string): string {
  using database = new DatabaseSync(join(dataFolder, 'podium.sqlite'), { readOnly: true });
  return String(database.prepare("SELECT value FROM settings WHERE name = 'view'").get()?.['value']);
}

async function enterRehearsal(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByText(/No context was found/)).toBeVisible();
  await page.getByRole('button', { name: 'Enter the rehearsal' }).click();
  await expect(onMap(page, 'payment')).toBeVisible({ timeout: 60_000 });
}

async function choose(page: Page, menu: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: menu }).click();
  await page
    .getByRole('menuitem', { name: entry })
    .or(page.getByRole('menuitemradio', { name: entry }))
    .click();
  await expect(page.getByRole('menu')).toHaveCount(0);
}

test('the tour leads from the first screen to a weight shifted and taken back', async ({ page, fresh }) => {
  await enterRehearsal(page, fresh.url);
  const step = tour(page).getByRole('status');
  await expect(step).toContainText('Step 1 of 5');
  await select(page, 'payment');
  await expect(step).toContainText('Step 2 of 5');
  await dragTo(page, handleOnMap(page), 95);
  await expect(step).toContainText('Step 3 of 5');
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/read-only/i).first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(step).toContainText('Step 4 of 5');
  await unlock(page, rehearsal);
  await page.getByRole('button', { name: /^Review the change/ }).click();
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
  await expect(step).toContainText('Step 5 of 5');
  await dialog.getByRole('button', { name: 'Undo…' }).click();
  await expect(dialog.getByRole('heading', { name: /^Undo: / })).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Apply' })).toBeVisible();
  const name = dialog.getByRole('textbox', { name: 'Type payment to confirm' });
  if ((await name.count()) > 0) await name.fill('payment');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(step).toContainText('you shifted a weight, saw it in the traffic, and took it back');
  await tour(page).getByRole('button', { name: 'Finish the tour' }).click();
  await expect(tour(page)).toHaveCount(0);
  await page.reload();
  await expect(onMap(page, 'payment')).toBeVisible({ timeout: 30_000 });
  await expect(tour(page), 'a finished tour does not come again').toHaveCount(0);
});

test('incidents are made to happen, and the theme is changed and kept', async ({ page, fresh }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await enterRehearsal(page, fresh.url);
  await select(page, 'payment');
  const weight = page
    .getByRole('complementary', { name: 'Inspector' })
    .getByRole('slider', { name: /^Split of payment/ });
  await expect(weight).toHaveAttribute('aria-valuenow', '70');
  await choose(page, 'Incidents', 'Calm down: end all incidents');
  await expect(weight).toHaveAttribute('aria-valuenow', '90');
  await choose(page, 'Incidents', 'Roll out a bad payment v2');
  await expect(weight).toHaveAttribute('aria-valuenow', '70');
  await choose(page, 'Incidents', 'Begin a sale that overloads payment');
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('begin a sale');

  const lightness = () =>
    page.evaluate(() => {
      const [red = 0] = (getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
      return red > 128 ? 'light' : 'dark';
    });
  expect(await lightness()).toBe('dark');
  await openPage(page, 'Settings');
  await page.getByText('Light', { exact: true }).click();
  await expect.poll(lightness).toBe('light');
  await expect.poll(() => rememberedView(fresh.dataFolder)).toContain('"theme":"light"');
  await page.reload();
  await expect(onMap(page, 'payment')).toBeVisible({ timeout: 30_000 });
  await expect.poll(lightness, 'kept over a reload').toBe('light');
  await openPage(page, 'Settings');
  await page.getByText('As the system', { exact: true }).click();
  await expect.poll(lightness).toBe('dark');
});

test.describe('the smallest window', () => {
  test.use({ viewport: { width: 1024, height: 700 } });

  test('everything fits side by side at 1024 by 700', async ({ page, fresh }) => {
    await page.goto(fresh.url);
    await expect(page.getByRole('button', { name: 'Enter the rehearsal' })).toBeInViewport();
    await expectNoSidewaysScroll(page, 'first run');
    await enterRehearsal(page, await fresh.newUrl());
    await unlock(page, rehearsal);
    await select(page, 'payment');
    await dragTo(page, handleOnMap(page), 95);
    await expect(page.getByRole('region', { name: 'Pending changes' })).toContainText('1 pending');
    await expectApart(page);
    await expectNoSidewaysScroll(page, 'map');
    await page.getByRole('button', { name: /^Review the change/ }).click();
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Apply' })).toBeInViewport({
      ratio: 1,
    });
    await expectNoSidewaysScroll(page, 'review');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('separator', { name: 'Width of the inspector' }).focus();
    for (let step = 0; step < 6; step += 1) await page.keyboard.press('Shift+ArrowLeft');
    await expectApart(page);
    await expectNoSidewaysScroll(page, 'map beside a wide inspector');
    for (const name of ['Services', 'Journal', 'Sources'] as const) {
      await openPage(page, name);
      await expectNoSidewaysScroll(page, name);
    }
    await page.getByRole('button', { name: new RegExp(`Environment of ${rehearsal}$`) }).click();
    await page.getByRole('option', { name: 'production' }).click();
    await expect(page.getByRole('banner')).toContainText('production');
    await openPage(page, 'Map');
    await expectApart(page);
    await expectNoSidewaysScroll(page, 'map of production');
  });
});

/** The parts that share the window: each whole within it, none over another. */
async function expectApart(page: Page): Promise<void> {
  const parts = {
    'title bar': page.getByRole('banner'),
    tour: tour(page),
    pages: page.getByRole('navigation', { name: 'Pages' }),
    toolbar: page.getByRole('toolbar', { name: 'View of the map' }),
    tray: page.getByRole('region', { name: 'Pending changes' }),
    inspector: page.getByRole('complementary', { name: 'Inspector' }),
    timeline: page.getByLabel('Timeline of errors across the map'),
    attention: page.getByRole('region', { name: 'Needs attention' }),
    find: page.getByRole('searchbox', { name: 'Find services' }),
  };
  const boxes = await Promise.all(
    Object.entries(parts).map(async ([name, part]) => {
      const box = await part.boundingBox();
      if (box === null) throw new Error(`the ${name} is not on screen`);
      return { name, left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
    }),
  );
  const outside = boxes.filter(
    (box) => box.left < 0 || box.top < 0 || box.right > 1024.5 || box.bottom > 700.5,
  );
  expect(outside, 'out of the window').toEqual([]);
  const overlapping = boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter(
        (b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1,
      )
      .map((b) => `${a.name} and ${b.name}: ${JSON.stringify([a, b])}`),
  );
  expect(overlapping, 'one over another').toEqual([]);
}

/** Nothing is wider than the window, and what a bar holds does not run out of it. */
async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const wide = await page.evaluate(() => {
    const root = document.documentElement;
    const bars = document.querySelectorAll<HTMLElement>('header, [role="toolbar"], [role="dialog"], main');
    return {
      page: root.scrollWidth - root.clientWidth,
      bars: [...bars]
        .filter((bar) => bar.scrollWidth > bar.clientWidth + 1)
        .map((bar) => `${bar.tagName} ${bar.className}: ${bar.scrollWidth} in ${bar.clientWidth}`),
    };
  });
  expect(wide, where).toEqual({ page: 0, bars: [] });
}
