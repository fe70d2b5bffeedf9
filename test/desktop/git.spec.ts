import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { paymentPath } from '../e2e/fleet.ts';
import { dragTo, handleOnMap, select } from '../e2e/steps.ts';
import { connect, expect, startDesktop, test } from './desktop.ts';

test('a work tree that is named at the start of the desktop program is found by its console', async ({
  dataFolder,
  fleet,
}) => {
  const folder = join(dataFolder, 'deploy');
  const { spec } = await fleet.read(paymentPath);
  const identity = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'payment' },
  };
  await mkdir(folder);
  await writeFile(join(folder, 'payment.yaml'), `# who pays\n${stringify({ ...identity, spec })}`);
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('-c', 'user.name=ana', '-c', 'user.email=ana@example.com', 'commit', '--quiet', '-m', 'first');

  await using desktop = await startDesktop(dataFolder, fleet.kubeconfigFile, ['--repository', folder]);
  const { page } = desktop;
  await connect(page);
  await select(page, 'payment');
  await dragTo(page, handleOnMap(page), 95);
  await page.getByRole('button', { name: /^Review the change/ }).click();
  const inGit = page.getByRole('dialog').getByRole('group', { name: 'In Git' });
  await inGit.getByRole('button', { name: 'Find it in Git…' }).click();
  await expect(inGit).toContainText('payment.yaml, line');
  await expect(inGit).toContainText('weight: 95');
});
