import { expectNoFindings } from './axe.ts';
import { expect, test } from './podium.ts';
import { dragTo, handleOnMap, select, unlock } from './steps.ts';

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test(`every screen is accessible in the ${colorScheme} theme`, async ({ page, podium }) => {
      // A dozen screens, each gone through by axe.
      test.setTimeout(240_000);
      await page.goto(podium.url);
      const connect = page.getByRole('button', { name: /^Connect to shop-rehearsal, / });
      await expect(connect).toBeVisible();
      await expectNoFindings(page, 'first run');
      await connect.click();
      await unlock(page, 'shop-rehearsal');
      await expect(
        page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / }),
      ).toBeVisible({ timeout: 60_000 });
      await expectNoFindings(page, 'map');
      await select(page, 'payment');
      await expectNoFindings(page, 'inspector');
      const inspector = page.getByRole('complementary', { name: 'Inspector' });
      for (const tab of ['Calls', 'Protections', 'Instances', 'Documents', 'Events', 'Overview']) {
        await inspector.getByRole('tab', { name: tab }).click();
        await expectNoFindings(page, `inspector, ${tab}`);
      }
      await dragTo(page, handleOnMap(page), 95);
      await expectNoFindings(page, 'pending');
      await page.getByRole('button', { name: /^Review the change/ }).click();
      await expect(page.getByRole('dialog').getByRole('button', { name: 'Apply' })).toBeVisible();
      await expectNoFindings(page, 'review');
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      for (const name of ['Services', 'Journal', 'Sources']) {
        await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
        await expect(page.getByRole('heading', { name }).first()).toBeVisible();
        await expectNoFindings(page, name);
      }
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Help' }).click();
      await expectNoFindings(page, 'help');
    });
  });
}
