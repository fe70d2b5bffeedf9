import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { linkIn, repositoriesIn } from './commandLine.ts';

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

test('the first link among the arguments is followed, as Podium itself writes it', () => {
  const link = 'podium://service/shop/payment';
  expect(linkIn(['/usr/bin/podium', '--flag', link], 0)).toBe(link);
  expect(linkIn(['/usr/bin/podium', 'podium://connect/evil.example'], 0)).toBeNull();
  expect(linkIn(['/usr/bin/podium', '/home/jo/open'], 0)).toBeNull();
});

test('open names a place, and says what is wrong with one that is none', () => {
  expect(linkIn(['podium', '--flag', 'open', 'prod/shop/payment', '--at', '2026-01-31T14:06Z'], 0)).toBe(
    'podium://service/shop/payment?context=prod&at=2026-01-31T14%3A06%3A00.000Z',
  );
  expect(() => linkIn(['podium', 'open'], 0)).toThrow('CONTEXT/NAMESPACE/SERVICE');
});
