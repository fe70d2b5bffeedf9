import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { menuInBothThemes } from './axe.ts';
import { paymentPath } from './fleet.ts';
import { expect, startPodium, test } from './podium.ts';
import { dragTo, handleOnMap, openPage, rung, select, unlock } from './steps.ts';

const reason = 'INC-4821 v2 times out at the bank';
const title = 'Shift payment: v1 70 → 95, v2 30 → 5';

const theMap = (page: Page) => page.getByRole('region', { name: 'Map' });
const detail = (page: Page, name: string) => page.getByRole('article', { name });
const fact = (page: Page, name: string) =>
  page
    .getByRole('article')
    .locator('dl > div')
    .filter({ has: page.getByRole('term').getByText(name, { exact: true }) })
    .getByRole('definition');

/** Shifts payment to 95/5 as an operator does, up to where it is declared. */
async function shift(page: Page): Promise<void> {
  await unlock(page, 'shop-rehearsal');
  await select(page, 'payment');
  await dragTo(page, handleOnMap(page), 95);
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
}

/** Exports and reads what was saved. */
async function saved(page: Page, format: string): Promise<{ name: string; text: string }> {
  const started = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: format }).click();
  const download = await started;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('an operation outlives a host that is killed, whole, and is undone from the journal', async ({
  map: page,
  podium,
  fleet,
}) => {
  const before = (await fleet.read(paymentPath)).spec;
  const startedAt = Date.now();
  await shift(page);
  process.kill(podium.pid, 'SIGKILL');
  await expect(page.getByText(/Lost the console/).first()).toBeVisible();

  const again = await startPodium({
    dataFolder: podium.dataFolder,
    env: { KUBECONFIG: fleet.kubeconfigFile },
  });
  try {
    await page.goto(again.url);
    await page.getByRole('button', { name: /^Connect to shop-rehearsal, / }).click();
    await expect(theMap(page).getByRole('button', { name: /^payment, / })).toBeVisible({ timeout: 60_000 });
    await expect(
      page.getByLabel('Timeline of errors across the map').getByRole('button', { name: /^v2 5 %, / }),
      'a mark on the time line',
    ).toBeVisible({ timeout: 30_000 });
    await openPage(page, 'Journal');
    await expect(detail(page, title)).toBeVisible();
    await expect(fact(page, 'Who')).toHaveText(/\S/);
    await expect(fact(page, 'Why')).toHaveText(reason);
    const at = await fact(page, 'When').getByRole('time').getAttribute('datetime');
    expect(Date.parse(at ?? '')).toBeGreaterThanOrEqual(startedAt);
    expect(Date.parse(at ?? '')).toBeLessThanOrEqual(Date.now());
    const rungs = detail(page, title).getByRole('listitem');
    await expect(rungs.filter({ hasText: 'Accepted' })).toContainText('seen');
    await expect(rungs.filter({ hasText: 'Accepted' })).toContainText(/revision/);
    await expect(rungs.filter({ hasText: 'Declared' })).toContainText('seen');
    const change = page.getByRole('textbox', { name: /^Change of VirtualService payment/ });
    for (const weight of ['70', '95', '30', '5']) await expect(change).toContainText(`weight: ${weight}`);

    await unlock(page, 'shop-rehearsal');
    await detail(page, title).getByRole('button', { name: 'Undo…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('heading', { name: /^Undo: Shift payment: v1 95 → 70/ })).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Apply' })).toBeVisible();
    const name = dialog.getByRole('textbox', { name: 'Type payment to confirm' });
    if ((await name.count()) > 0) await name.fill('payment');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect(rung(page, 'Declared')).toContainText('Declared: seen');
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect((await fleet.read(paymentPath)).spec).toEqual(before);

    const operations = page.getByRole('list', { name: 'Operations' }).getByRole('listitem');
    await expect(operations).toHaveCount(2);
    await operations.filter({ hasText: reason }).getByRole('button').click();
    await expect(fact(page, 'Undone by')).toContainText('Undo');
    await expect(
      detail(page, title).getByRole('button', { name: 'Undo…' }),
      'what was undone is not offered again',
    ).toHaveCount(0);
  } finally {
    await again.stop();
  }
});

test('the journal is searched, and exported as CSV, JSON and Markdown', async ({ map: page, fleet }) => {
  await shift(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await openPage(page, 'Journal');
  await expect(detail(page, title)).toBeVisible();
  const search = page.getByRole('textbox', { name: 'Search the journal' });
  await search.fill('no-such-incident');
  await expect(page.getByText('No operation matches “no-such-incident”.')).toBeVisible();
  await menuInBothThemes(page, 'journal export', page.getByRole('button', { name: 'Export' }));
  const none = await saved(page, 'As JSON');
  expect(JSON.parse(none.text), 'what is searched for is what is exported').toEqual([]);
  await search.fill('inc-4821');
  await expect(detail(page, title)).toBeVisible();

  const json = await saved(page, 'As JSON');
  expect(json.name).toMatch(/^podium-journal-[\d-]+\.json$/);
  const { metadata } = await fleet.read(paymentPath);
  expect(JSON.parse(json.text)).toMatchObject([
    {
      title,
      reason,
      actor: expect.stringMatching(/\S/),
      state: 'written',
      operation: { kind: 'setWeights', weights: [95, 5], seen: { weights: [70, 30] } },
      target: expect.stringContaining('VirtualService shop/payment'),
      connection: { title: 'shop-rehearsal', server: expect.stringContaining(fleet.url) },
      revisionAfter: metadata.resourceVersion,
      changes: [
        {
          before: expect.stringContaining('weight: 70'),
          after: expect.stringContaining('weight: 95'),
        },
      ],
      undoneBy: null,
    },
  ]);
  expect(json.text, 'no credentials in an export').not.toMatch(/bearer|token/i);

  const markdown = await saved(page, 'As Markdown');
  expect(markdown.name).toMatch(/^podium-journal-[\d-]+\.md$/);
  expect(markdown.text).toContain('1 operation,');
  expect(markdown.text).toContain(`## ${title}`);
  expect(markdown.text).toContain(`| why | ${reason} |`);
  expect(markdown.text).toMatch(/\| who \| \S+.* \|/);
  expect(markdown.text).toMatch(/\| declared \| seen: /);
  expect(markdown.text).toContain('"value":95');

  const csv = await saved(page, 'As CSV');
  expect(csv.name).toMatch(/^podium-journal-[\d-]+\.csv$/);
  const [head, line, end] = csv.text.split('\r\n');
  expect(head).toContain('when,who,operation,why,');
  expect(line).toContain(title);
  expect(line).toContain(reason);
  expect(end).toBe('');
});
