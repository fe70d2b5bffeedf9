import { expect, test } from './podium.ts';
import { dragTo, grasp, handleOnMap, select, standsStill } from './steps.ts';

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
]) {
  test.describe(`${viewport.width} by ${viewport.height}`, () => {
    test.use({ viewport });

    test('every drag takes hold on a slow machine while figures stream in', async ({ map: page }) => {
      const browser = await page.context().newCDPSession(page);
      await browser.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      const handle = handleOnMap(page);
      for (const left of [95, 40, 71, 0]) {
        await select(page, 'payment');
        await dragTo(page, handle, left);
        // First from the handle to its card, then from the card.
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        await expect(handle).toHaveCount(0);
      }
    });
  });
}

test('bringing the handle into view by focus or search does not shift the map', async ({ map: page }) => {
  await select(page, 'payment');
  const handle = handleOnMap(page);
  // So large that much of it sticks out of the frame.
  for (let press = 0; press < 3; press += 1) {
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await standsStill(handle);
  }
  const shifts = await handle.evaluate((element) => {
    const before = element.getBoundingClientRect();
    return (['start', 'center', 'end'] as const).map((place) => {
      element.scrollIntoView({ block: place, inline: place });
      const now = element.getBoundingClientRect();
      return { place, x: now.x - before.x, y: now.y - before.y };
    });
  });
  expect(shifts.filter(({ x, y }) => x !== 0 || y !== 0)).toEqual([]);
});

test('the map keeps still under a hand, and takes its new place when it lets go', async ({ map: page }) => {
  await select(page, 'payment');
  const handle = handleOnMap(page);
  const card = page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / });
  await grasp(page, handle);
  const before = await card.boundingBox();
  // The frame becomes smaller, as it does when something opens beside it: by itself the picture would be fitted anew.
  await page.setViewportSize({ width: 1100, height: 900 });
  await standsStill(card);
  expect(await card.boundingBox(), 'while the hand is down').toEqual(before);
  const at = await handle.boundingBox();
  if (at === null) throw new Error('the handle is not on screen');
  await page.mouse.move(at.x + at.width / 2 + 20, at.y + at.height / 2, { steps: 5 });
  await expect(handle).not.toHaveAttribute('aria-valuenow', '70');
  expect(await card.boundingBox(), 'while the handle is dragged').toEqual(before);
  await page.mouse.up();
  await expect.poll(() => card.boundingBox()).not.toEqual(before);
  await standsStill(card);
  await expect(card).toBeInViewport({ ratio: 0.99 });
});

test('a press in the middle of a soft move stops the picture, which goes on afterwards', async ({
  map: page,
}) => {
  await select(page, 'payment');
  const handle = handleOnMap(page);
  await standsStill(handle);
  const places = await handle.evaluate(async (element) => {
    const frame = () => new Promise(requestAnimationFrame);
    const x = () => element.getBoundingClientRect().x;
    const press = (type: string, buttons: number) =>
      element.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, button: 2, buttons }));
    const start = x();
    document.querySelector<HTMLElement>('[aria-label="Zoom in"]')?.click();
    while (x() === start) await frame();
    press('pointerdown', 2);
    const stopped = x();
    for (let frames = 0; frames < 20; frames += 1) await frame();
    const held = x();
    press('pointerup', 0);
    for (let frames = 0; frames < 60 && x() === held; frames += 1) await frame();
    return { stopped, held, after: x() };
  });
  expect(places.held, 'while the hand is down').toBe(places.stopped);
  expect(places.after, 'once it has let go').not.toBe(places.held);
});
