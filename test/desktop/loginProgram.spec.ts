import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createTestProgram, kubeconfigText } from '../support/loginProgram.ts';
import { expect, onMap, startDesktop, test } from './desktop.ts';

test('a cluster that logs in by a program, which the login shell knows and the desktop does not, opens once its button was pressed in the window, and is not asked for again at the next start', async ({
  dataFolder,
  fleet,
}) => {
  using program = createTestProgram();
  program.gives(fleet.token);
  const kubeconfig = join(program.folder, 'config');
  // By its name alone, which only a login shell leads to: the desktop's own PATH does not.
  const SHELL = join(program.folder, 'login-shell');
  await writeFile(SHELL, `#!/bin/sh\nPATH='${program.folder}:/usr/bin'; export PATH; "$2"\n`, {
    mode: 0o700,
  });
  const exec = program.exec({ command: basename(program.path), args: ['get-token', '--cluster', 'shop'] });
  await writeFile(kubeconfig, kubeconfigText(fleet.url, { exec }));
  {
    await using desktop = await startDesktop(dataFolder, kubeconfig, [], { SHELL });
    const { page } = desktop;
    const connect = page.getByRole('button', { name: 'Connect to cloud, read-only until unlocked' });
    await connect.click();
    const dialog = page.getByRole('alertdialog', { name: /^Run a program to log in to cloud/ });
    await expect(dialog.getByText(program.path, { exact: true })).toBeVisible();
    await expect(dialog.getByText(/^allow [0-9a-f]{6}$/), 'there is no terminal to type in').toHaveCount(0);
    await expect(dialog.getByRole('button', { name: 'Do not run it' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    expect(program.runs()).toBe(0);

    await connect.click();
    await dialog.getByRole('button', { name: 'Let it run and connect' }).click();
    await expect(onMap(page, 'payment')).toBeVisible({ timeout: 40_000 });
    expect(program.runs()).toBe(1);
  }
  await using again = await startDesktop(dataFolder, kubeconfig, [], { SHELL });
  await again.page.getByRole('button', { name: 'Connect to cloud, read-only until unlocked' }).click();
  await expect(onMap(again.page, 'payment')).toBeVisible({ timeout: 40_000 });
  expect(program.runs()).toBe(2);
});
