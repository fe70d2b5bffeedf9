import { rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, startPodium, test as base } from './podium.ts';

interface Fixtures {
  /** The page of a host that knows no cluster, on the map of the rehearsal as it is at first start. */
  readonly rehearsal: Page;
}

/** What everybody sees first: the shop, its second data centre and its partners. */
export const test = base.extend<Fixtures>({
  rehearsal: async ({ page }, use) => {
    const podium = await startPodium();
    await page.goto(podium.url);
    await page.getByRole('button', { name: 'Enter the rehearsal' }).click();
    await expect(
      page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / }),
    ).toBeVisible({ timeout: 60_000 });
    await use(page);
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  },
});

export { expect };
