import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestProgram, kubeconfigText } from '../support/loginProgram.ts';
import { inBothThemes } from './axe.ts';
import { expect, startPodium, test } from './podium.ts';

test('a cluster that logs in by a program opens once the program was allowed in the terminal, and not before', async ({
  page,
  fleet,
}) => {
  using program = createTestProgram();
  program.gives(fleet.token);
  const kubeconfig = join(program.folder, 'config');
  const exec = program.exec({
    args: ['get-token', '--cluster', 'shop'],
    env: [{ name: 'PROFILE', value: 'ops' }],
  });
  await writeFile(kubeconfig, kubeconfigText(fleet.url, { exec }));
  const podium = await startPodium({ env: { KUBECONFIG: kubeconfig, KUBERC: 'off' } });
  try {
    await page.goto(podium.url);
    const connect = page.getByRole('button', { name: 'Connect to cloud, read-only until unlocked' });
    await expect(page.getByText(/logs in by running a program.*You are asked before it runs/)).toBeVisible();
    await connect.click();
    const dialog = page.getByRole('alertdialog', { name: /^Run a program to log in to cloud/ });
    // Nobody was asked yet, so nobody failed to answer.
    await expect(page.getByText('cloud · asks before it logs in')).toBeVisible();
    for (const words of [program.path, '--cluster', 'PROFILE=ops', kubeconfig])
      await expect(dialog.getByText(words, { exact: true })).toBeVisible();
    await expect(dialog.getByText(/^[0-9a-f]{64}$/)).toBeVisible();
    await inBothThemes(page, 'the question for a login program');
    await expect(dialog.getByRole('button', { name: 'Do not run it' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    await expect(connect).toBeVisible();
    expect(program.runs()).toBe(0);

    await connect.click();
    const typed = await dialog.getByText(/^allow [0-9a-f]{6}$/).textContent();
    podium.type('allow ffffff0');
    expect(program.runs()).toBe(0);
    podium.type(typed ?? '');
    await expect(
      page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / }),
    ).toBeVisible({ timeout: 60_000 });
    await expect(dialog).toHaveCount(0);
    expect(program.runs()).toBe(1);
  } finally {
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  }
});
