import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { repositoriesIn } from './commandLine.ts';

test('work trees are read from among Electron’s own flags and the folder of the program', () => {
  const args = ['/opt/electron', '--no-sandbox', '--inspect=0', '/opt/podium', '--repository', '/srv/deploy'];
  expect(repositoriesIn(args)).toEqual(['/srv/deploy']);
  expect(repositoriesIn([...args, '--repository=charts'])).toEqual(['/srv/deploy', resolve('charts')]);
});

test('a flag without a folder, and no flag at all, name nothing', () => {
  expect(repositoriesIn(['/opt/podium/Podium', '--repository'])).toEqual([]);
  expect(repositoriesIn(['/opt/podium/Podium'])).toEqual([]);
});

test('a start by a link can bring no work tree along', () => {
  const link = ['/opt/podium/Podium', '--repository', '/home/ana/.ssh', 'podium://service/shop/payment'];
  expect(repositoriesIn(link)).toEqual([]);
  expect(repositoriesIn(['/opt/podium/Podium', 'PODIUM://x', '--repository=/srv/deploy'])).toEqual([]);
});
