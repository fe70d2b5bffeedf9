import { type Locator, type Page } from '@playwright/test';
import { expect } from './podium.ts';

/** The selected service's card with its split handle, by the names an operator reads. */
export function handleOnMap(page: Page): Locator {
  return page.getByRole('region', { name: 'Map' }).getByRole('slider', { name: /^Split of payment/ });
}

/** Lets writes through, as an operator does: by the chip and its dialog. */
export async function unlock(page: Page, connection: string): Promise<void> {
  await page
    .getByRole('group', { name: `Connection ${connection}` })
    .getByRole('button', { name: /Unlock/ })
    .click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: `Unlock ${connection}` })
    .click();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
}

/** Selects a service on the map. */
export async function select(page: Page, name: string): Promise<void> {
  const card = page
    .getByRole('region', { name: 'Map' })
    .getByRole('button', { name: new RegExp(`^${name}, `) })
    .first();
  const heading = page
    .getByRole('complementary', { name: 'Inspector' })
    .getByRole('heading', { name, level: 2 });
  // While services still arrive the picture moves under the hand, which then clicks again.
  await expect(async () => {
    await card.click();
    await expect(heading).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}

/** Drags the handle until the left version has `left`, and takes it up again where it slipped from the hand. */
export async function dragTo(page: Page, handle: Locator, left: number): Promise<void> {
  await expect(async () => {
    await dragOnce(page, handle, left);
    await expect(handle).toHaveAttribute('aria-valuenow', String(left), { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
}

async function dragOnce(page: Page, handle: Locator, left: number): Promise<void> {
  // Hovering waits until the picture stands still.
  await handle.hover();
  const box = await handle.boundingBox();
  const bar = await handle.locator('..').boundingBox();
  if (box === null || bar === null) throw new Error('the handle is not on screen');
  const y = box.y + box.height / 2;
  const now = Number(await handle.getAttribute('aria-valuenow'));
  const target = box.x + box.width / 2 + ((left - now) / 100) * bar.width;
  await page.mouse.down();
  await page.mouse.move(target, y, { steps: 12 });
  // A bar of a hundred pixels and odd: the hand corrects by a pixel, as a person does.
  for (let tries = 0; tries < 5; tries += 1) {
    const at = Number(await handle.getAttribute('aria-valuenow'));
    if (at === left) break;
    await page.mouse.move(target + (left - at) * (bar.width / 100), y);
  }
  await page.mouse.up();
}

/** The review's rungs as text, by name. */
export function rung(page: Page, name: 'Accepted' | 'Declared' | 'Loaded' | 'Measured'): Locator {
  return page
    .getByRole('dialog')
    .getByRole('listitem')
    .filter({ hasText: new RegExp(`${name}: `) });
}

/** Goes to a page by the rail and waits for it. */
export async function openPage(page: Page, name: 'Map' | 'Services' | 'Journal' | 'Sources'): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { name }).first()).toBeVisible();
}
