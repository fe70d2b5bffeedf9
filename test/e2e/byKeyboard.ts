import type { Locator, Page } from '@playwright/test';
import type { KeyboardFlow } from './keyboardFlows.ts';
import { expect, test } from './podium.ts';
import { tabTo } from './steps.ts';

/** Walks one of the flows; whatever a mouse, a pen or a finger pressed meanwhile is a failure. The page is not loaded anew in it. */
export async function walkByKeyboard(
  page: Page,
  flow: KeyboardFlow,
  walk: () => Promise<void>,
): Promise<void> {
  await test.step(flow, async () => {
    const heard = await page.evaluateHandle(() => {
      const pressed: string[] = [];
      // Keys that press a button make clicks too, but none of these.
      for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'wheel'])
        window.addEventListener(
          kind,
          ({ target }) => {
            const what = target instanceof Element ? (target.ariaLabel ?? target.textContent) : '';
            pressed.push(`${kind} on “${what.slice(0, 60)}”`);
          },
          { capture: true, passive: true },
        );
      return pressed;
    });
    await walk();
    expect(await heard.jsonValue(), `“${flow}” needs no pointer`).toEqual([]);
  });
}

/** Lets writes through by the palette. */
export async function unlockByKeyboard(page: Page, connection: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('unlock');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('alertdialog');
  await tabTo(page, dialog.getByRole('button', { name: `Unlock ${connection}` }));
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
}

/** Selects a service by searching for it. */
export async function selectByKeyboard(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading', { name, level: 2 }),
  ).toBeVisible();
}

/** Goes to a button by Tab and presses it. */
export async function pressByKeyboard(page: Page, button: Locator): Promise<void> {
  await tabTo(page, button);
  await page.keyboard.press('Enter');
}

/** Goes to a field by Tab and writes over what stands in it. */
export async function typeByKeyboard(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Shows one call in the inspector, by way of the service called. */
export async function openCallByKeyboard(page: Page, caller: string, callee: string): Promise<void> {
  await selectByKeyboard(page, callee);
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await tabTo(page, inspector.getByRole('tab', { selected: true }));
  const calls = inspector.getByRole('tab', { name: 'Calls' });
  // There are fewer tabs than that.
  for (let presses = 0; presses < 12 && (await calls.getAttribute('aria-selected')) !== 'true'; presses += 1)
    await page.keyboard.press('ArrowRight');
  await pressByKeyboard(page, inspector.getByRole('button', { name: `Call from ${caller}`, exact: true }));
  await expect(inspector.getByRole('heading', { name: `${caller} → ${callee}`, level: 2 })).toBeVisible();
}
