import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, startPodium, test } from './podium.ts';
import { paymentPath, startFleet } from './fleet.ts';
import { dragTo, handleOnMap, select } from './steps.ts';

test('a change is found in the work tree that declares it, and committed to a branch of its own', async ({
  page,
}) => {
  await using fleet = await startFleet();
  const folder = await mkdtemp(join(tmpdir(), 'podium-deploy-'));
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'ana');
  git('config', 'user.email', 'ana@example.com');
  const { spec } = await fleet.read(paymentPath);
  const identity = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'payment' },
  };
  const manifest = stringify({ ...identity, spec });
  await writeFile(join(folder, 'payment.yaml'), `# who pays\n${manifest}`);
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  const podium = await startPodium({
    env: { KUBECONFIG: fleet.kubeconfigFile },
    args: ['--repository', folder],
  });
  try {
    await page.goto(podium.url);
    await page.getByRole('button', { name: /^Connect to shop-rehearsal, / }).click();
    await select(page, 'payment');
    await dragTo(page, handleOnMap(page), 95);
    await page.getByRole('button', { name: /^Review the change/ }).click();
    const inGit = page.getByRole('dialog').getByRole('group', { name: 'In Git' });
    await inGit.getByRole('button', { name: 'Find it in Git…' }).click();
    await expect(inGit).toContainText('payment.yaml, line');
    // Reading and committing need no unlocked connection: nothing is written to the cluster.
    await inGit.getByRole('button', { name: 'Commit to a new branch' }).click();
    await expect(inGit).toContainText('It is not pushed.');
    const branch = git('branch', '--list', 'podium/*', '--format=%(refname:short)').trim();
    expect(branch).toMatch(/^podium\/shift-payment-/);
    const expected = `# who pays\n${manifest}`
      .replace('weight: 70', 'weight: 95')
      .replace('weight: 30', 'weight: 5');
    expect(git('show', `${branch}:payment.yaml`)).toBe(expected);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '-1', '--format=%s', branch)).toMatch(/^Shift payment: v1 70 → 95/);
  } finally {
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
});
