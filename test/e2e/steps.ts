import { type Locator, type Page } from '@playwright/test';
import { expect } from './podium.ts';

/** The selected service's card with its split handle, by the names an operator reads. */
export function handleOnMap(page: Page, service = 'payment'): Locator {
  return page
    .getByRole('region', { name: 'Map' })
    .getByRole('slider', { name: new RegExp(`^Split of ${service}`) });
}

/** Lets writes through, as an operator does: by the chip and its dialog. */
export async function unlock(page: Page, connection: string): Promise<void> {
  await page
    .getByRole('group', { name: `Connection ${connection}`, exact: true })
    .getByRole('button', { name: /Unlock/ })
    .click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: `Unlock ${connection}`, exact: true })
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
  await card.click();
  await expect(heading).toBeVisible();
}

/** Drags the handle of a service's split until the left version has `left`, then lets go. */
export async function dragTo(page: Page, handle: Locator, left: number, service?: string): Promise<void> {
  await grasp(page, handle, service);
  const box = await boxOf(handle);
  const bar = await boxOf(handle.locator('..'));
  const y = box.y + box.height / 2;
  const now = Number(await handle.getAttribute('aria-valuenow'));
  const target = box.x + box.width / 2 + ((left - now) / 100) * bar.width;
  await page.mouse.move(target, y, { steps: 12 });
  // A bar of a hundred pixels and odd: the hand corrects by a pixel, as a person does.
  for (let tries = 0; tries < 5; tries += 1) {
    const at = Number(await handle.getAttribute('aria-valuenow'));
    if (at === left) break;
    await page.mouse.move(target + (left - at) * (bar.width / 100), y);
  }
  await page.mouse.up();
  await expect(handle).toHaveAttribute('aria-valuenow', String(left));
}

/** Presses on a service's handle, once its callers are drawn and the picture stands still. */
export async function grasp(page: Page, handle: Locator, service = 'payment'): Promise<void> {
  // The first figures bring the calls, and with them the picture is laid out anew.
  const call = page
    .getByRole('region', { name: 'Map' })
    .getByRole('img', { name: new RegExp(` calls ${service}$`) });
  await expect(call.first()).toBeAttached({ timeout: 30_000 });
  await expect(handle).toBeVisible();
  await standsStill(handle);
  const box = await boxOf(handle);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await expect(handle, 'the press is on the handle').toBeFocused();
}

/** Waits for thirty frames in which the element keeps its place; a slow machine draws fewer a second, and has it wait longer. */
export async function standsStill(element: Locator): Promise<void> {
  await element.evaluate(async (it) => {
    const place = () => JSON.stringify(it.getBoundingClientRect());
    for (let before = '', same = 0; same < 30;) {
      await new Promise(requestAnimationFrame);
      const now = place();
      same = now === before ? same + 1 : 0;
      before = now;
    }
  });
}

async function boxOf(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('it is not on screen');
  return box;
}

/** The review's rungs as text, by name. */
export function rung(page: Page, name: 'Accepted' | 'Declared' | 'Loaded' | 'Measured'): Locator {
  return page
    .getByRole('dialog')
    .getByRole('listitem')
    .filter({ hasText: new RegExp(`${name}: `) });
}

/** Goes to a page by the rail and waits for it. */
export async function openPage(
  page: Page,
  name: 'Map' | 'Services' | 'Config' | 'Journal' | 'Sources' | 'Settings',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { name }).first()).toBeVisible();
}

/** Shows one call in the inspector, by way of the service called. */
export async function openCall(page: Page, caller: string, callee: string): Promise<void> {
  await select(page, callee);
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('tab', { name: 'Calls' }).click();
  await inspector.getByRole('button', { name: `Call from ${caller}`, exact: true }).click();
  await expect(inspector.getByRole('heading', { name: `${caller} → ${callee}`, level: 2 })).toBeVisible();
}

/** More stops than any screen has: all of them, once round. */
const mostStops = 200;

/** Presses Tab until the element has the focus. */
export async function tabTo(page: Page, element: Locator): Promise<void> {
  await expect(element).toBeVisible();
  for (let presses = 0; presses < mostStops; presses += 1) {
    if (await element.evaluate((it) => it === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${String(element)}`);
}
