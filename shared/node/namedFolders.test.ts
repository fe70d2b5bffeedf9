import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../test/support/testFolder.ts';
import { openNamedFolder } from './namedFolders.ts';

const text = '# kept\npayment:\n  greeting: hello\n';

function configFolder(): string {
  const folder = testFolder('podium-config-');
  writeFileSync(join(folder, 'payment.yml'), text, { mode: 0o640 });
  return folder;
}

function workTree(): { folder: string; git: (...args: string[]) => string } {
  const root = testFolder('podium-tree-');
  const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'ana');
  git('config', 'user.email', 'ana@example.com');
  const folder = join(root, 'config');
  mkdirSync(folder);
  writeFileSync(join(folder, 'payment.yml'), text);
  writeFileSync(join(folder, 'order.yml'), 'order: 1\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  return { folder, git };
}

const change = {
  file: 'payment.yml',
  was: text,
  text: text.replace('hello', 'hi'),
  message: 'Greet briefly',
};

test('a file is replaced whole, with its mode, and nothing is left beside it', async () => {
  const path = configFolder();
  const folder = await openNamedFolder(path);
  expect(folder.branch).toBeNull();
  expect(await folder.write(change)).toEqual({ commit: null });
  expect(await folder.read('payment.yml')).toBe(change.text);
  expect(statSync(join(path, 'payment.yml')).mode & 0o777).toBe(0o640);
  expect(readdirSync(path)).toEqual(['payment.yml']);
});

test('a file that somebody changed meanwhile is left as it is', async () => {
  const path = configFolder();
  const folder = await openNamedFolder(path);
  writeFileSync(join(path, 'payment.yml'), 'payment: {}\n');
  expect(await folder.write(change)).toBe(false);
  expect(readFileSync(join(path, 'payment.yml'), 'utf8')).toBe('payment: {}\n');
  expect(readdirSync(path)).toEqual(['payment.yml']);
});

test('nothing outside the folder is read, nor by a link, nor what is no configuration', async () => {
  const path = configFolder();
  const outside = configFolder();
  symlinkSync(join(outside, 'payment.yml'), join(path, 'linked.yml'));
  symlinkSync(outside, join(path, 'away'));
  writeFileSync(join(path, 'notes.txt'), 'x');
  writeFileSync(join(path, 'large.yml'), 'x'.repeat(300_000));
  const folder = await openNamedFolder(path);
  const name = outside.split('/').at(-1) ?? '';
  for (const file of [
    `../${name}/payment.yml`,
    'linked.yml',
    'away/payment.yml',
    'notes.txt',
    'large.yml',
    'none.yml',
    '.git/x.yml',
    '/etc/hosts.yml',
  ])
    expect(await folder.read(file), file).toBeNull();
  await expect(folder.write({ ...change, file: 'linked.yml' })).rejects.toThrow(
    'There is no file linked.yml',
  );
});

test('a whole disk, a home and what is no folder are refused', async () => {
  await expect(openNamedFolder('/')).rejects.toThrow('more than a folder of configuration');
  await expect(openNamedFolder(homedir())).rejects.toThrow('more than a folder of configuration');
  await expect(openNamedFolder('config')).rejects.toThrow('not the full path');
  await expect(openNamedFolder('/nowhere/at/all')).rejects.toThrow('There is no folder');
});

test('in a Git work tree it is committed to the branch in use, and what else is staged stays so', async () => {
  const { folder: path, git } = workTree();
  writeFileSync(join(path, 'order.yml'), 'order: 2\n');
  git('add', '.');
  const folder = await openNamedFolder(path);
  expect(folder.branch).toBe('main');
  const written = await folder.write(change);
  expect(written).toEqual({ commit: git('rev-parse', 'main').trim() });
  expect(git('show', 'main:config/payment.yml')).toBe(change.text);
  expect(git('show', 'main:config/order.yml')).toBe('order: 1\n');
  expect(git('log', '-1', '--format=%s %an')).toBe('Greet briefly ana\n');
  expect(git('status', '--porcelain')).toBe('M  config/order.yml\n');
  expect(readFileSync(join(path, 'payment.yml'), 'utf8')).toBe(change.text);
});

test('changes that nobody committed are not committed along', async () => {
  const { folder: path } = workTree();
  const mine = text.replace('hello', 'mine');
  writeFileSync(join(path, 'payment.yml'), mine);
  const folder = await openNamedFolder(path);
  await expect(folder.write({ ...change, was: mine })).rejects.toThrow('nobody committed');
  expect(readFileSync(join(path, 'payment.yml'), 'utf8')).toBe(mine);
});

test('a file is put back where it cannot be committed', async () => {
  const { folder: path } = workTree();
  const folder = await openNamedFolder(path);
  writeFileSync(join(path, '..', '.git', 'refs', 'heads', 'main.lock'), '');
  await expect(folder.write(change)).rejects.toThrow('Git could not update-ref');
  expect(readFileSync(join(path, 'payment.yml'), 'utf8')).toBe(text);
});
