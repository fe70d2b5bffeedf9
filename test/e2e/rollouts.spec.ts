import type { Page } from '@playwright/test';
import {
  allAnswer,
  apply,
  close,
  dialog,
  inspector,
  namesOf,
  openWorkloads,
  press,
  rateOnMap,
  reach,
  rolledOut,
  shownInstances,
  undo,
} from './instances.ts';
import { unlockByKeyboard, walkByKeyboard } from './byKeyboard.ts';
import { expect, test } from './podium.ts';
import { rung } from './steps.ts';

const recommend = '/apis/apps/v1/namespaces/shop/deployments/recommend';
const imagePath = '/spec/template/spec/containers/0/image';

const openInstances = (page: Page, count: number): Promise<void> =>
  inspector(page)
    .getByText(new RegExp(`^${count} instances`))
    .click();

test('a restart exchanges every instance while calls go on, and the new ones answer them', async ({
  map: page,
}) => {
  await openWorkloads(page, 'recommend');
  await openInstances(page, 2);
  const before = await allAnswer(page, 'recommend', 2, 10);
  await inspector(page).getByRole('button', { name: 'Restart…' }).click();
  await apply(page);
  const rates: (number | null)[] = [];
  await expect
    .poll(
      async () => {
        rates.push(await rateOnMap(page, 'recommend'));
        return (await rung(page, 'Loaded').textContent()) ?? '';
      },
      { timeout: 90_000 },
    )
    .toContain('Loaded: seen');
  expect(rates.every((rate) => rate !== null && rate > 10)).toBe(true);
  await close(page);
  const after = await allAnswer(page, 'recommend', 2, 10);
  expect(namesOf(after).filter((name) => namesOf(before).includes(name))).toEqual([]);
});

test('while a rollout is paused nothing new serves, and once it is resumed everything new does', async ({
  map: page,
  fleet,
}) => {
  await openWorkloads(page, 'recommend');
  await openInstances(page, 2);
  const before = await allAnswer(page, 'recommend', 2, 10);
  await inspector(page).getByRole('button', { name: 'Pause rollout…' }).click();
  await apply(page);
  await close(page);
  await expect(inspector(page).getByText('rollout paused')).toBeVisible();

  await fleet.patch(recommend, [{ op: 'replace', path: imagePath, value: 'shop/recommend:0.32.0' }]);
  // Its controller has taken the new image up, and leaves everything as it is.
  await expect(inspector(page).getByText('paused: 0 of 2 updated')).toBeVisible({ timeout: 30_000 });
  expect(namesOf(await allAnswer(page, 'recommend', 2, 10))).toEqual(namesOf(before));

  await inspector(page).getByRole('button', { name: 'Resume rollout…' }).click();
  await apply(page);
  await rolledOut(page);
  await close(page);
  const after = await allAnswer(page, 'recommend', 2, 10);
  expect(namesOf(after).filter((name) => namesOf(before).includes(name))).toEqual([]);
});

test('a workload is rolled back to a revision, whose instances answer, and forward again', async ({
  map: page,
  fleet,
}) => {
  const path = '/apis/apps/v1/namespaces/shop/deployments/order';
  const image = async () =>
    ((await fleet.read(path)).spec as { template: { spec: { containers: { image: string }[] } } }).template
      .spec.containers[0]?.image;
  await openWorkloads(page);
  await openInstances(page, 6);
  const before = await allAnswer(page, 'order', 6, 20);
  await inspector(page)
    .getByText(/Rollout history: \d+ revisions/)
    .click();
  await inspector(page)
    .getByRole('button', { name: /^What changed from revision/ })
    .first()
    .click();
  await expect(dialog(page)).toContainText('shop/order:2.13');
  await expect(dialog(page)).toContainText('shop/order:2.14');
  await close(page);
  await inspector(page)
    .getByRole('button', { name: /^Roll back to revision/ })
    .first()
    .click();
  await apply(page);
  expect(await image()).toBe('shop/order:2.13');
  await rolledOut(page);
  const after = await allAnswer(page, 'order', 6, 20);
  expect(namesOf(after).filter((name) => namesOf(before).includes(name))).toEqual([]);
  await undo(page);
  expect(await image()).toBe('shop/order:2.14');
});

/** Applies what is reviewed, waits until it runs so, and closes the review. */
async function confirm(page: Page, { rolls }: { readonly rolls: boolean }): Promise<void> {
  await press(page, dialog(page).getByRole('button', { name: 'Apply' }));
  await expect(rung(page, 'Declared')).toContainText('Declared: seen', { timeout: 30_000 });
  if (rolls) await rolledOut(page);
  await press(page, dialog(page).getByRole('button', { name: 'Close' }));
  await expect(dialog(page)).toHaveCount(0);
}

test('all of it by keyboard alone: scale, pause, resume, restart, roll back, take out and put back', async ({
  map: page,
  fleet,
}) => {
  test.setTimeout(300_000);
  await walkByKeyboard(page, 'Scale, restart and roll back', async () => {
    const inside = inspector(page);
    const button = (name: string | RegExp) => inside.getByRole('button', { name }).first();
    await unlockByKeyboard(page, 'shop-rehearsal');
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('recommend');
    await page.keyboard.press('Enter');
    await expect(inside.getByRole('heading', { name: 'recommend', level: 2 })).toBeVisible();
    await reach(page, inside.getByRole('tab', { selected: true }));
    const workloads = inside.getByRole('tab', { name: 'Workloads' });
    for (
      let presses = 0;
      presses < 10 && (await workloads.getAttribute('aria-selected')) !== 'true';
      presses += 1
    )
      await page.keyboard.press('ArrowRight');
    await press(page, inside.getByText(/^2 instances/));
    const first = await allAnswer(page, 'recommend', 2, 10);

    await reach(page, inside.getByRole('textbox', { name: /^Replicas/ }));
    await page.keyboard.press('ArrowUp');
    await press(page, button('Scale…'));
    await confirm(page, { rolls: true });
    await allAnswer(page, 'recommend', 3, 8);

    await press(page, button('Pause rollout…'));
    await confirm(page, { rolls: false });
    await expect(inside.getByText('rollout paused')).toBeVisible();
    expect(await fleet.read(recommend)).toMatchObject({ spec: { paused: true } });
    await press(page, button('Resume rollout…'));
    await confirm(page, { rolls: true });
    await expect(inside.getByText('rollout paused')).toHaveCount(0);

    await press(page, button('Restart…'));
    await confirm(page, { rolls: true });
    const restarted = await allAnswer(page, 'recommend', 3, 8);
    expect(namesOf(restarted).filter((name) => namesOf(first).includes(name))).toEqual([]);

    await press(page, inside.getByText(/Rollout history: \d+ revisions/));
    await press(page, button(/^Roll back to revision/));
    await confirm(page, { rolls: true });
    const rolledBack = await allAnswer(page, 'recommend', 3, 8);
    expect(namesOf(rolledBack).filter((name) => namesOf(restarted).includes(name))).toEqual([]);

    const out = namesOf(rolledBack)[0] ?? '';
    await press(page, button(`Take ${out} out of the traffic`));
    await confirm(page, { rolls: true });
    await expect
      .poll(async () => (await shownInstances(page, 'recommend')).find(({ name }) => name === out), {
        timeout: 60_000,
      })
      .toEqual({ name: out, rps: 0, isOut: true });
    await press(page, button(`Put ${out} back`));
    await confirm(page, { rolls: false });
    await expect(inside.getByText(/out of the traffic/)).toHaveCount(0, { timeout: 30_000 });
    await allAnswer(page, 'recommend', 3, 8);
  });
});
