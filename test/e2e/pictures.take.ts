import { join } from 'node:path';
import { expect, test } from './podium.ts';
import { dragTo, handleOnMap, rung, select, unlock } from './steps.ts';

const folder = join(import.meta.dirname, '../../docs/pictures');

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test(`pictures in the ${colorScheme} theme`, async ({ map: page }) => {
      const take = (name: string) => page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
      // Laid out by its calls, not before they are known.
      const call = page
        .getByRole('region', { name: 'Map' })
        .getByRole('img', { name: 'order calls payment' });
      await expect(call).toBeAttached({ timeout: 60_000 });
      await unlock(page, 'shop-rehearsal');
      await select(page, 'payment');
      await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('Failing');
      await dragTo(page, handleOnMap(page), 95);
      await page.mouse.move(700, 120);
      await expect(page.getByRole('region', { name: 'Pending changes' })).toContainText('1 pending');
      await take('map');
      await page.getByRole('button', { name: /^Review the change/ }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Reason' }).fill('INC-4821 v2 times out at the bank');
      await take('review');
      await dialog.getByRole('button', { name: 'Apply' }).click();
      await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
      await take('measured');
      await dialog.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Journal' }).click();
      await page.getByText('INC-4821 v2 times out at the bank').first().click();
      await take('journal');
    });
  });
}
