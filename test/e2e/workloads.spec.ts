import { expectNoFindings } from './axe.ts';
import {
  allAnswer,
  apply,
  close,
  dialog,
  inspector,
  namesOf,
  openInstances,
  openWorkloads,
  rateOnMap,
  rolledOut,
  shownInstances,
  undo,
} from './instances.ts';
import { expect, test } from './podium.ts';

const order = '/apis/apps/v1/namespaces/shop/deployments/order';

test('a workload is scaled, its new instance answers calls, and it is scaled back', async ({
  map: page,
  fleet,
}) => {
  await openWorkloads(page);
  await openInstances(page, 'order', 6);
  const before = await allAnswer(page, 'order', 6, 20);
  await inspector(page)
    .getByRole('textbox', { name: /^Replicas/ })
    .fill('7');
  await inspector(page).getByRole('button', { name: 'Scale…' }).click();
  await expect(dialog(page).getByRole('heading', { name: /6 → 7|to 7/ })).toBeVisible();
  await apply(page);
  await rolledOut(page);
  const after = await allAnswer(page, 'order', 7, 20);
  expect(namesOf(after)).toEqual(expect.arrayContaining([...namesOf(before)]));
  await undo(page);
  await expect(inspector(page).getByText('6 ready')).toBeVisible({ timeout: 60_000 });
  expect(await fleet.read(order)).toMatchObject({ spec: { replicas: 6 } });
});

test('with none left its callers ask the fallback, and its return takes the calls back', async ({
  map: page,
}) => {
  await openWorkloads(page, 'recommend');
  await openInstances(page, 'recommend', 2);
  await allAnswer(page, 'recommend', 2, 10);
  expect((await rateOnMap(page, 'top-sellers')) ?? 0).toBeLessThan(5);
  await inspector(page)
    .getByRole('textbox', { name: /^Replicas/ })
    .fill('0');
  await inspector(page).getByRole('button', { name: 'Scale…' }).click();
  await dialog(page).getByRole('textbox', { name: 'Type recommend to confirm' }).fill('recommend');
  await apply(page);
  await rolledOut(page);
  await expect(inspector(page).getByText('0 ready')).toBeVisible();
  await expect.poll(() => rateOnMap(page, 'top-sellers'), { timeout: 60_000 }).toBeGreaterThan(15);
  await undo(page);
  await rolledOut(page);
  await close(page);
  await openInstances(page, 'recommend', 2);
  await allAnswer(page, 'recommend', 2, 10);
});

test('an instance is taken out: its own rate falls to zero, the others carry its calls, and it is put back', async ({
  map: page,
}) => {
  test.setTimeout(240_000);
  await openWorkloads(page, 'recommend');
  await openInstances(page, 'recommend', 2);
  const before = await allAnswer(page, 'recommend', 2, 10);
  const out = namesOf(before)[0] ?? '';
  await inspector(page)
    .getByRole('button', { name: `Take ${out} out of the traffic` })
    .click();
  await apply(page);
  await rolledOut(page);
  await close(page);
  await expect(inspector(page).getByText(/1 out of the traffic/)).toBeVisible({ timeout: 30_000 });
  await expect
    .poll(async () => (await shownInstances(page, 'recommend')).find(({ name }) => name === out), {
      timeout: 60_000,
    })
    .toEqual({ name: out, rps: 0, isOut: true });
  const serving = await allAnswer(page, 'recommend', 2, 10);
  expect(namesOf(serving)).not.toContain(out);

  await inspector(page)
    .getByRole('button', { name: `Put ${out} back` })
    .click();
  await apply(page);
  await close(page);
  await expect(inspector(page).getByText(/1 out of the traffic/)).toHaveCount(0, { timeout: 30_000 });
  await allAnswer(page, 'recommend', 2, 10);
});

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test(`workloads are accessible in the ${colorScheme} theme`, async ({ map: page }) => {
      await openWorkloads(page);
      await inspector(page)
        .getByText(/^6 instances/)
        .click();
      await expectNoFindings(page, 'Workloads');
      await inspector(page).getByRole('button', { name: 'Restart…' }).click();
      await expect(dialog(page).getByRole('button', { name: 'Apply' })).toBeVisible();
      await expectNoFindings(page, 'review of a restart');
    });
  });
}
