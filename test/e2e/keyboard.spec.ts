import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pressByKeyboard, selectByKeyboard, typeByKeyboard, walkByKeyboard } from './byKeyboard.ts';
import { keyboardFlows } from './keyboardFlows.ts';
import { expect, test } from './podium.ts';

test('the guide for the keyboard names thirteen flows, and each is walked where it says', async () => {
  const guide = await readFile(join(import.meta.dirname, '../../docs/keyboard.md'), 'utf8');
  const flows = Object.entries(keyboardFlows);
  expect(flows).toHaveLength(13);
  for (const [flow, spec] of flows) {
    const walked = await readFile(join(import.meta.dirname, `${spec}.spec.ts`), 'utf8');
    expect(walked, `${spec}.spec.ts walks “${flow}”`).toMatch(
      new RegExp(`walkByKeyboard\\(\\s*page,\\s*'${flow}'`),
    );
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
  const map = page.getByRole('region', { name: 'Map' });
  const connected = async (): Promise<void> => {
    await pressByKeyboard(page, connect);
    await expect(map.getByRole('button', { name: /^payment, / })).toBeVisible({ timeout: 60_000 });
  };
  await walkByKeyboard(page, 'Connect, and close again', async () => {
    await connected();
    await page.keyboard.press('5');
    await pressByKeyboard(page, page.getByRole('button', { name: 'Close…' }));
    const sure = page.getByRole('alertdialog');
    await pressByKeyboard(page, sure.getByRole('button', { name: 'Close shop-rehearsal' }));
    await expect(connect).toBeVisible();
  });
  await connected();

  await walkByKeyboard(page, 'Find a service', async () => {
    await selectByKeyboard(page, 'payment');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('order');
    await expect(page.getByRole('searchbox', { name: 'Find services' })).toHaveValue('order');
    await page.keyboard.press('Escape');
    await selectByKeyboard(page, 'payment');
  });

  await walkByKeyboard(page, 'Read logs', async () => {
    await page.keyboard.press('g');
    const logs = page.getByRole('region', { name: /^Logs of payment/ });
    await expect(logs).toBeVisible();
    await page.keyboard.press('/');
    await expect(logs.getByRole('textbox', { name: 'Show lines that hold' })).toBeFocused();
    await pressByKeyboard(page, logs.getByRole('button', { name: 'Close logs' }));
    await expect(logs).toHaveCount(0);
    await page.keyboard.press('g');
    await expect(logs).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(logs).toHaveCount(0);
  });

  await walkByKeyboard(page, 'Copy a link to this minute', async () => {
    await page.context().grantPermissions(['clipboard-write']);
    await page.keyboard.press('l');
    await expect(page.getByText(/^Copied: the link to payment at \d\d:\d\d\.$/)).toBeVisible();
  });

  await walkByKeyboard(page, 'Change settings, and put back', async () => {
    await page.keyboard.press('Control+,');
    const all = page.getByRole('group', { name: 'Health of all services' });
    const failing = all.getByRole('textbox', { name: 'Failing from' });
    await typeByKeyboard(page, failing, '7');
    await page.keyboard.press('Enter');
    await expect(failing).toHaveValue('7%');
    await pressByKeyboard(page, all.getByRole('button', { name: 'Back to 1 %, 3 %, 20 calls' }));
    await expect(failing).toHaveValue('3%');
  });
});
