import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../test/support/testFolder.ts';
import { openRepositories } from './gitRepositories.ts';

function workTree(): { folder: string; git: (...args: string[]) => string } {
  const folder = testFolder('podium-tree-');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=ana', '-c', 'user.email=ana@example.com', ...args], {
      encoding: 'utf8',
    });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'ana');
  git('config', 'user.email', 'ana@example.com');
  writeFileSync(join(folder, 'payment.yaml'), 'name: payment\nweight: 70\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  return { folder, git };
}

test('a change is committed to a branch of its own, and index, work tree and branch in use stay as they were', async () => {
  const { folder, git } = workTree();
  writeFileSync(join(folder, 'payment.yaml'), 'name: payment\nweight: 71\n');
  const before = [git('status', '--porcelain'), git('rev-parse', 'main')];
  const [repository] = openRepositories([folder]);
  if (repository === undefined) throw new Error('no repository');
  expect(await repository.filesNaming('payment')).toEqual(['payment.yaml']);
  const text = (await repository.read('payment.yaml')).replace('70', '95');
  const commit = await repository.commit({
    file: 'payment.yaml',
    text,
    branch: 'podium/shift',
    message: 'Shift payment',
  });
  expect(git('show', 'podium/shift:payment.yaml')).toBe('name: payment\nweight: 95\n');
  expect(git('log', '-1', '--format=%s %an', commit)).toBe('Shift payment ana\n');
  expect([git('status', '--porcelain'), git('rev-parse', 'main')]).toEqual(before);
  expect(readFileSync(join(folder, 'payment.yaml'), 'utf8')).toContain('71');
});

test('a branch that exists is not moved', async () => {
  const { folder, git } = workTree();
  git('branch', 'podium/shift');
  const [repository] = openRepositories([folder]);
  await expect(
    repository?.commit({ file: 'payment.yaml', text: 'x', branch: 'podium/shift', message: 'm' }),
  ).rejects.toThrow(/Git could not update-ref/);
});

test('hooks and monitors that the repository names are not run', async () => {
  const { folder, git } = workTree();
  const trap = join(folder, 'ran');
  git('config', 'core.fsmonitor', `touch ${trap}`);
  writeFileSync(join(folder, '.git/hooks/reference-transaction'), `#!/bin/sh\ntouch ${trap}\n`, {
    mode: 0o755,
  });
  const [repository] = openRepositories([folder]);
  await repository?.commit({ file: 'payment.yaml', text: 'x', branch: 'podium/a', message: 'm' });
  expect(() => readFileSync(trap)).toThrow();
});

test('a folder that is no work tree says so in words', async () => {
  const [repository] = openRepositories([testFolder('podium-none-')]);
  await expect(repository?.head()).rejects.toThrow(/Git could not rev-parse in .*not a git repository/);
});
