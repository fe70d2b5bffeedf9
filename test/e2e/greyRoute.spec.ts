import type { Locator, Page } from '@playwright/test';
import { expectNoFindings } from './axe.ts';
import { paymentPath } from './fleet.ts';
import { expect, test } from './podium.ts';
import { rung, select, tabTo, unlock } from './steps.ts';

const dialog = (page: Page): Locator => page.getByRole('dialog');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Inspector' });
const routes = (page: Page): Locator =>
  inspector(page).getByRole('list', { name: 'Routed besides the weights' });

/** What of payment's calls is measured to go to v2, in per cent, as the inspector's bar says it; null before there is any. */
async function measuredV2(page: Page): Promise<number | null> {
  const bar = inspector(page).getByRole('group', { name: /^payment, route default: / });
  const said = /measured v1 [\d.]+ %, v2 ([\d.]+) %/.exec((await bar.getAttribute('aria-label')) ?? '');
  return said?.[1] === undefined ? null : Number(said[1]);
}

/** Waits until the measured share of v2 lies between two bounds. */
async function seesV2Between(page: Page, low: number, high: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const share = await measuredV2(page);
        return share !== null && share >= low && share <= high
          ? 'as expected'
          : `v2 is measured at ${share} %`;
      },
      { timeout: 60_000 },
    )
    .toBe('as expected');
}

/** Reviews were asked for: applies, sees it declared, and closes. */
async function apply(page: Page, press: (element: Locator) => Promise<void>): Promise<void> {
  await expect(dialog(page).getByRole('textbox', { name: 'Reason' })).toBeVisible();
  for (const tick of await dialog(page).getByRole('checkbox', { name: 'I know, apply all the same' }).all()) {
    await tabTo(page, tick);
    await page.keyboard.press('Space');
  }
  await press(dialog(page).getByRole('button', { name: 'Apply', exact: true }));
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
}

/** Whether what is said of a share names an interval that holds this, and not nothing. */
function isWithin(percent: number, said: string | null): boolean {
  const [, low, high] =
    /about [\d.]+ % of all calls take it \(95 %: ([\d.]+) %–([\d.]+) %\)/.exec(said ?? '') ?? [];
  return low !== undefined && Number(low) > 0 && Number(low) <= percent && percent <= Number(high);
}
const close = (page: Page): Promise<void> => dialog(page).getByRole('button', { name: 'Close' }).click();
const click = (element: Locator): Promise<void> => element.click();
const pressing =
  (page: Page) =>
  async (element: Locator): Promise<void> => {
    await tabTo(page, element);
    await page.keyboard.press('Enter');
  };

test('beta users are routed to one version, seen there in the traffic, and the route is removed again', async ({
  map: page,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await seesV2Between(page, 28.5, 31.5);
  await inspector(page).getByRole('button', { name: 'Route some requests…' }).click();
  await dialog(page).getByRole('textbox', { name: 'Header' }).fill('x-user-group');
  await dialog(page).getByRole('textbox', { name: 'Value' }).fill('beta');
  await dialog(page).getByRole('radio', { name: 'v2' }).press('Space');
  await expectNoFindings(page, 'the form of a grey route');
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await expect(dialog(page)).toContainText('x-user-group');
  await apply(page, click);
  await close(page);
  await expect(routes(page)).toContainText(/x-user-group.*beta.*v2/);
  // The map says it on the selected card, to the eye and to the ear.
  await expect(page.locator('.mapCard.selected')).toContainText('x-user-group beta → v2');
  await expect(page.getByRole('button', { name: /^payment, .*x-user-group beta goes to v2/ })).toBeVisible();

  // Eight in a hundred carry it, so that v2 gets those and thirty of a hundred of the rest.
  await seesV2Between(page, 34.5, 37);
  await expect
    .poll(async () => isWithin(8, await routes(page).textContent()), { timeout: 60_000 })
    .toBe(true);
  await expectNoFindings(page, 'the traffic of a grey route');

  await routes(page)
    .getByRole('button', { name: /^Remove the route/ })
    .click();
  await apply(page, click);
  await close(page);
  await expect(routes(page)).toHaveCount(0);
  await seesV2Between(page, 28.5, 31.5);
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});

test('staff are routed by their cookie, by keyboard alone, seen in the traffic, and the route is removed again', async ({
  map: page,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  const press = pressing(page);
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');

  await press(inspector(page).getByRole('button', { name: 'Route some requests…' }));
  await tabTo(page, dialog(page).getByRole('radio', { name: 'with a header' }));
  await page.keyboard.press('ArrowRight');
  await tabTo(page, dialog(page).getByRole('textbox', { name: 'Cookie' }));
  await page.keyboard.type('canary');
  await tabTo(page, dialog(page).getByRole('textbox', { name: 'Value' }));
  await page.keyboard.type('always');
  await press(dialog(page).getByRole('button', { name: 'Review…' }));
  await apply(page, press);
  await press(dialog(page).getByRole('button', { name: 'Close' }));
  await expect(routes(page)).toContainText(/so that about (2|3|4)(\.\d)? % of all calls take it/, {
    timeout: 60_000,
  });
  await press(routes(page).getByRole('button', { name: /^Remove the route/ }));
  await apply(page, press);
  await press(dialog(page).getByRole('button', { name: 'Close' }));
  await expect(routes(page)).toHaveCount(0);
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});

test('a caller is routed by keyboard alone, all its calls are counted there, and the route is removed again', async ({
  map: page,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  const press = pressing(page);
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await press(inspector(page).getByRole('button', { name: 'Route some requests…' }));
  await tabTo(page, dialog(page).getByRole('radio', { name: 'with a header' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await tabTo(page, dialog(page).getByRole('combobox', { name: 'Caller' }));
  await page.keyboard.type('refunds');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await press(dialog(page).getByRole('button', { name: 'Review…' }));
  await apply(page, press);
  // A caller's own calls are counted: all of them, where thirty of a hundred went.
  await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 60_000 });
  await expect(rung(page, 'Measured')).toContainText(/v2 had 100\.0 % of [\d,]+ calls/);
  await press(dialog(page).getByRole('button', { name: 'Close' }));
  await expect(routes(page)).toContainText(/\d+ of \d+ calls of refunds went to v2/, { timeout: 30_000 });
  const said = /(\d+) of (\d+) calls of refunds/.exec(await routes(page).innerText());
  expect(said?.[1]).toBe(said?.[2]);

  await press(routes(page).getByRole('button', { name: /^Remove the route/ }));
  await apply(page, press);
  await expect(rung(page, 'Measured')).toContainText('Measured: seen', { timeout: 90_000 });
  await press(dialog(page).getByRole('button', { name: 'Close' }));
  await expect(routes(page)).toHaveCount(0);
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});

test('all requests are mirrored to one version, which gets the copies, and that is ended', async ({
  map: page,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  const press = pressing(page);
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await inspector(page).getByRole('button', { name: 'Mirror…' }).click();
  await expectNoFindings(page, 'the form of a mirror');
  await dialog(page).getByRole('button', { name: 'Review…' }).click();
  await apply(page, click);
  await close(page);
  await expect(routes(page)).toContainText(/100 % copied.*payment v2/);
  // v2 as a whole gets what it got, and all the rest once more.
  const copies = async (): Promise<number> =>
    Number(/about ([\d.,]+) rps are copies/.exec(await routes(page).innerText())?.[1]?.replace(',', '') ?? 0);
  await expect.poll(copies, { timeout: 60_000 }).toBeGreaterThan(100);
  // Copies are no calls of the route: those are divided as before.
  await seesV2Between(page, 28.5, 31.5);

  await press(routes(page).getByRole('button', { name: 'End mirroring' }));
  await apply(page, press);
  await press(dialog(page).getByRole('button', { name: 'Close' }));
  await expect(routes(page)).toHaveCount(0);
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});
