import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pressByKeyboard, selectByKeyboard, typeByKeyboard } from './byKeyboard.ts';
import { expect, test } from './podium.ts';
import { tabTo } from './steps.ts';

/** The twelve flows, each with the spec that walks it and what its walk says of the keyboard. */
const flows: readonly { readonly flow: string; readonly spec: string; readonly walk: RegExp }[] = [
  { flow: 'Connect, and close again', spec: 'keyboard', walk: /step\('close the connection'/ },
  { flow: 'Find a service', spec: 'keyboard', walk: /step\('find a service'/ },
  { flow: 'Follow calls on the map', spec: 'map', walk: /test\('the keyboard follows calls/ },
  { flow: 'Read logs', spec: 'keyboard', walk: /step\('read logs'/ },
  { flow: 'Copy a link to this minute', spec: 'keyboard', walk: /step\('copy a link'/ },
  { flow: 'Shift a weight, and undo it', spec: 'shift', walk: /test\('the same by keyboard alone'/ },
  { flow: 'Watch a change', spec: 'watch', walk: /test\('a shift is watched.* by keyboard alone'/ },
  { flow: 'Lead a canary', spec: 'canary', walk: /test\('a canary is begun.* by keyboard alone/ },
  {
    flow: 'Trip calls, and let them go',
    spec: 'trips',
    walk: /test\('calls are refused.* by keyboard alone/,
  },
  {
    flow: 'Edit protections',
    spec: 'protections',
    walk: /test\('a limit and a time-out.* by keyboard alone'/,
  },
  {
    flow: 'Scale, restart and roll back',
    spec: 'rollouts',
    walk: /test\('all of it by keyboard alone: scale/,
  },
  { flow: 'Change settings, and put back', spec: 'keyboard', walk: /step\('change a setting'/ },
];

test('the guide for the keyboard names twelve flows and the specs that walk them', async () => {
  const guide = await readFile(join(import.meta.dirname, '../../docs/keyboard.md'), 'utf8');
  expect(flows).toHaveLength(12);
  for (const { flow, spec, walk } of flows) {
    const walked = await readFile(join(import.meta.dirname, `${spec}.spec.ts`), 'utf8');
    expect(walked, `${spec}.spec.ts walks “${flow}”`).toMatch(walk);
    const line = guide.split('\n').find((each) => each.startsWith(`| ${flow} `));
    expect(line, `the guide names “${flow}”`).toContain(`test/e2e/${spec}.spec.ts`);
  }
});

test('connecting, finding, reading logs, copying a link, settings and closing need no mouse', async ({
  page,
  podium,
}) => {
  await page.goto(podium.url);
  const connect = page.getByRole('button', { name: 'Connect to shop-rehearsal, read-only until unlocked' });
  await pressByKeyboard(page, connect);
  const map = page.getByRole('region', { name: 'Map' });
  await expect(map.getByRole('button', { name: /^payment, / })).toBeVisible({ timeout: 60_000 });

  await test.step('find a service', async () => {
    await selectByKeyboard(page, 'payment');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('order');
    await expect(page.getByRole('searchbox', { name: 'Find services' })).toHaveValue('order');
    await page.keyboard.press('Escape');
    await selectByKeyboard(page, 'payment');
  });

  await test.step('read logs', async () => {
    await page.keyboard.press('g');
    const logs = page.getByRole('region', { name: /^Logs of payment/ });
    await expect(logs).toBeVisible();
    await pressByKeyboard(page, logs.getByRole('button', { name: 'Close logs' }));
    await expect(logs).toHaveCount(0);
  });

  await test.step('copy a link', async () => {
    await page.context().grantPermissions(['clipboard-write']);
    await page.keyboard.press('l');
    await expect(page.getByText(/^Copied: the link to payment at \d\d:\d\d\.$/)).toBeVisible();
  });

  await test.step('change a setting', async () => {
    await page.keyboard.press('Control+,');
    const all = page.getByRole('group', { name: 'Health of all services' });
    const failing = all.getByRole('textbox', { name: 'Failing from' });
    await typeByKeyboard(page, failing, '7');
    await page.keyboard.press('Enter');
    await expect(failing).toHaveValue('7%');
    await pressByKeyboard(page, all.getByRole('button', { name: 'Back to 1 %, 3 %, 20 calls' }));
    await expect(failing).toHaveValue('3%');
  });

  await test.step('close the connection', async () => {
    await page.keyboard.press('5');
    await pressByKeyboard(page, page.getByRole('button', { name: 'Close…' }));
    const sure = page.getByRole('alertdialog');
    await tabTo(page, sure.getByRole('button', { name: 'Close shop-rehearsal' }));
    await page.keyboard.press('Enter');
    await expect(connect).toBeVisible();
  });
});
