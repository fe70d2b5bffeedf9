import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { startFaultyPath } from './faultyPath.ts';
import { paymentPath, type Fleet } from './fleet.ts';
import { expect, startPodium, test } from './podium.ts';
import { dragTo, handleOnMap, select, unlock } from './steps.ts';

const html = { status: 200, type: 'text/html', body: '<html><h1>Sign in to continue</h1></html>' } as const;

/** Writes a kubeconfig that differs from the fleet's and opens a Podium that reads it. */
async function openWith(page: Page, fleet: Fleet, folder: string, change: (yaml: string) => string) {
  const file = join(folder, 'kubeconfig');
  await writeFile(file, change(await readFile(fleet.kubeconfigFile, 'utf8')));
  const podium = await startPodium({ env: { KUBECONFIG: file } });
  await page.goto(podium.url);
  return podium;
}

const connect = (page: Page) => page.getByRole('button', { name: /^Connect to shop-rehearsal, / });
const onMap = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Map' }).getByRole('button', { name: new RegExp(`^${name}, `) });

/** What is on disk of nodes placed by hand. */
function rememberedPositions(dataFolder: string): string {
  using database = new DatabaseSync(join(dataFolder, 'podium.sqlite'), { readOnly: true });
  return String(database.prepare("SELECT value FROM settings WHERE name = 'positions'").get()?.['value']);
}

test('an unreadable kubeconfig is said in words, and the rehearsal is still there', async ({
  page,
  fleet,
}, info) => {
  const podium = await openWith(page, fleet, info.outputPath(), () => 'clusters: [unclosed\n\tindent');
  await expect(
    page
      .getByText(/kubeconfig/)
      .filter({ hasText: /cannot be read|not valid|YAML/i })
      .first(),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Enter the rehearsal' })).toBeEnabled();
  await podium.stop();
});

test('a context whose server is down says so and keeps trying', async ({ page, fleet }, info) => {
  const podium = await openWith(page, fleet, info.outputPath(), (yaml) =>
    yaml.replace(fleet.url, 'http://127.0.0.1:9'),
  );
  await connect(page).click();
  await expect(
    page
      .getByText(/127\.0\.0\.1:9/)
      .filter({ hasText: /refused|does not answer|reach/i })
      .first(),
  ).toBeVisible();
  await podium.stop();
});

test('an expired token is said where it is seen', async ({ page, fleet }, info) => {
  const podium = await openWith(page, fleet, info.outputPath(), (yaml) =>
    yaml.replace(/token: \S+ \}/, 'token: expired-token }'),
  );
  await connect(page).click();
  await expect(page.getByText(/401|token|log in/i).first()).toBeVisible();
  await podium.stop();
});

test('when Prometheus answers HTML the map stays, and says what is missing', async ({
  page,
  fleet,
}, info) => {
  await using path = await startFaultyPath(fleet.url);
  const podium = await openWith(page, fleet, info.outputPath(), (yaml) => yaml.replace(fleet.url, path.url));
  await connect(page).click();
  await expect(onMap(page, 'payment')).toBeVisible({ timeout: 60_000 });
  await expect(onMap(page, 'payment')).toHaveAccessibleName(/failing/, { timeout: 30_000 });
  path.fault = (request) => (request.url?.includes('/proxy/') ? html : null);
  await expect(page.getByText(/a web page came back/i).first()).toBeVisible({ timeout: 30_000 });
  await expect(onMap(page, 'payment')).toBeVisible();
  path.fault = () => null;
  await expect(page.getByText(/a web page came back/i)).toHaveCount(0, { timeout: 45_000 });
  await podium.stop();
});

test('when the API server goes away the last picture stays, marked as old', async ({ page, fleet }, info) => {
  await using path = await startFaultyPath(fleet.url);
  const podium = await openWith(page, fleet, info.outputPath(), (yaml) => yaml.replace(fleet.url, path.url));
  await connect(page).click();
  await expect(onMap(page, 'payment')).toBeVisible({ timeout: 60_000 });
  path.fault = () => 'drop';
  await expect(page.getByText(/What it told before is still shown/).first()).toBeVisible({ timeout: 45_000 });
  await expect(onMap(page, 'payment')).toBeVisible();
  await podium.stop();
});

test('M01 a change made by someone else meanwhile is shown three ways, and exactly one intent stays', async ({
  map: page,
  fleet,
}) => {
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await dragTo(page, handleOnMap(page), 95);
  await fleet.patch(paymentPath, [
    { op: 'replace', path: '/spec/http/0/route/0/weight', value: 60 },
    { op: 'replace', path: '/spec/http/0/route/1/weight', value: 40 },
  ]);
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const dialog = page.getByRole('dialog');
  const threeWay = dialog.getByRole('region', { name: 'Changed meanwhile' });
  await expect(threeWay).toContainText('bob');
  for (const figure of ['70', '60', '95']) await expect(threeWay).toContainText(figure);
  await expect(dialog.getByRole('button', { name: 'Apply' })).toBeDisabled();
  expect((await fleet.read(paymentPath)).spec).toMatchObject({
    http: [{ route: [{ weight: 60 }, { weight: 40 }] }],
  });
});

test('a viewer sees everything and is told what is missing for a change', async ({ page, podium, fleet }) => {
  const before = (await fleet.read(paymentPath)).spec;
  await page.goto(podium.url);
  await page.getByRole('button', { name: /^Connect to shop-rehearsal-viewer, / }).click();
  await expect(onMap(page, 'payment')).toBeVisible({ timeout: 60_000 });
  await unlock(page, 'shop-rehearsal-viewer');
  await select(page, 'payment');
  await dragTo(page, handleOnMap(page), 95);
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/may not patch|not allowed|forbidden/i).first()).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Apply' })).toBeDisabled();
  expect((await fleet.read(paymentPath)).spec).toEqual(before);
});

test('a service placed by hand stays where it was put, also over a restart', async ({
  map: page,
  podium,
  fleet,
}) => {
  const catalog = onMap(page, 'catalog');
  // The picture settles while services arrive; a hand waits for that too.
  await expect(async () => {
    const box = await catalog.boundingBox();
    if (box === null) throw new Error('catalog is not on screen');
    await page.mouse.move(box.x + box.width / 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 30, box.y - 60, { steps: 10 });
    await page.mouse.up();
    await expect.poll(() => rememberedPositions(podium.dataFolder), { timeout: 3_000 }).toContain('catalog');
  }).toPass({ timeout: 30_000 });
  const placed = () =>
    page.evaluate(
      () =>
        document
          .querySelector('[data-service-id$="/catalog"]')
          ?.closest('.react-flow__node')
          ?.getAttribute('style') ?? '',
    );
  const position = /translate\([^)]*\)/.exec(await placed())?.[0];
  expect(position).toBeTruthy();
  await podium.stop();
  const again = await startPodium({
    dataFolder: podium.dataFolder,
    env: { KUBECONFIG: fleet.kubeconfigFile },
  });
  await page.goto(again.url);
  await connect(page).click();
  await expect(onMap(page, 'catalog')).toBeVisible({ timeout: 60_000 });
  await expect.poll(async () => /translate\([^)]*\)/.exec(await placed())?.[0]).toBe(position);
  await again.stop();
});
