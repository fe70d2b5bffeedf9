import type { Locator, Page } from '@playwright/test';
import { expect } from './podium.ts';
import { rung, select, unlock } from './steps.ts';

export const dialog = (page: Page): Locator => page.getByRole('dialog');
export const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });

/** An instance as the list shows it; a rate that nobody counted is null. */
export interface ShownInstance {
  readonly name: string;
  readonly rps: number | null;
  readonly isOut: boolean;
}

/** Unlocks the fleet and shows what runs a service. */
export async function openWorkloads(page: Page, service = 'order'): Promise<void> {
  await unlock(page, 'shop-rehearsal');
  await select(page, service);
  await inspector(page).getByRole('tab', { name: 'Workloads' }).click();
  await expect(
    inspector(page).getByRole('heading', { name: new RegExp(`^Deployment ${service}`, 'i') }),
  ).toBeVisible();
}

/** Opens the list of a Deployment's instances, which may stand open from before. */
export async function openInstances(page: Page, workload: string, count: number): Promise<void> {
  const summary = inspector(page).getByText(new RegExp(`^${count} instances`));
  await expect(summary).toBeVisible();
  const list = inspector(page).getByRole('list', { name: `Instances of Deployment ${workload}` });
  if (!(await list.isVisible())) await summary.click();
  await expect(list).toBeVisible();
}

/** The instances of a Deployment with their rates, as they stand on screen at this moment. */
export async function shownInstances(page: Page, workload: string): Promise<readonly ShownInstance[]> {
  const rows = inspector(page)
    .getByRole('list', { name: `Instances of Deployment ${workload}` })
    .getByRole('listitem');
  return (await rows.allInnerTexts()).map((text) => {
    const rate = /([\d.,]+) rps/.exec(text)?.[1];
    return {
      name: text.trim().split(/\s/, 1)[0] ?? '',
      rps: rate === undefined ? null : Number(rate.replaceAll(',', '')),
      isOut: text.includes('out of the traffic'),
    };
  });
}

export const namesOf = (instances: readonly ShownInstance[]): readonly string[] =>
  instances.map(({ name }) => name).toSorted();

/** Waits until exactly so many instances serve on screen, each counted at more than `least` rps, and tells them. */
export async function allAnswer(
  page: Page,
  workload: string,
  count: number,
  least: number,
): Promise<readonly ShownInstance[]> {
  let shown: readonly ShownInstance[] = [];
  await expect
    .poll(
      async () => {
        shown = (await shownInstances(page, workload)).filter(({ isOut }) => !isOut);
        return shown.map(({ rps }) => rps !== null && rps > least);
      },
      { timeout: 60_000, message: `${count} instances of ${workload} answer more than ${least} rps each` },
    )
    .toEqual(Array.from({ length: count }, () => true));
  return shown;
}

/** Applies what the review shows and waits until the peer says that it is so. */
export async function apply(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
}

/** Waits until what runs is as asked for: every instance updated and available, or out of the endpoints. */
export async function rolledOut(page: Page): Promise<void> {
  await expect(rung(page, 'Loaded')).toContainText('Loaded: seen', { timeout: 90_000 });
}

export async function close(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await expect(dialog(page)).toHaveCount(0);
}

/** Takes back what the open review wrote. */
export async function undo(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Undo…' }).click();
  await apply(page);
}

/** The rate of a service as its card on the map says it; null where it has no figures. */
export async function rateOnMap(page: Page, service: string): Promise<number | null> {
  const card = page
    .getByRole('region', { name: 'Map' })
    .getByRole('button', { name: new RegExp(`^${service}, `) })
    .first();
  const rate = /([\d.,]+) rps/.exec((await card.getAttribute('aria-label')) ?? '')?.[1];
  return rate === undefined ? null : Number(rate.replaceAll(',', ''));
}

/** Goes to an element by Tab or Shift+Tab, whichever is nearer to where the focus is, and presses it. */
export async function press(page: Page, element: Locator): Promise<void> {
  await reach(page, element);
  await page.keyboard.press('Enter');
}

/** Goes to an element by Tab, or by Shift+Tab where it stands before what has the focus. */
export async function reach(page: Page, element: Locator): Promise<void> {
  await expect(element).toBeVisible();
  for (let presses = 0; presses < 200; presses += 1) {
    const where = await element.evaluate((it) => {
      const { activeElement } = document;
      if (it === activeElement) return 'there';
      const place = activeElement?.compareDocumentPosition(it) ?? 0;
      return (place & Node.DOCUMENT_POSITION_PRECEDING) === 0 ? 'after' : 'before';
    });
    if (where === 'there') return;
    await page.keyboard.press(where === 'after' ? 'Tab' : 'Shift+Tab');
  }
  throw new Error(`neither Tab nor Shift+Tab leads to ${String(element)}`);
}
