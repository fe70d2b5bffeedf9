import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { linkIn, repositoriesIn } from './commandLine.ts';

const here = import.meta.dirname;

/** The work trees that are taken, and what is said of the others. */
function trees(...args: readonly string[]) {
  const said: string[] = [];
  return { taken: repositoriesIn(args, (why) => said.push(why)), said };
}

test('work trees are read from among Electron’s own flags and the folder of the program', () => {
  const args = ['/opt/electron', '--no-sandbox', '--inspect=0', '/opt/podium', '--repository', here];
  expect(trees(...args)).toEqual({ taken: [here], said: [] });
  expect(trees(...args, '--repository=.')).toEqual({ taken: [here, resolve('.')], said: [] });
});

test('a work tree that is not there is said, and the others are taken', () => {
  expect(trees('/opt/podium/Podium', '--repository=/nowhere/deploy', '--repository', here)).toEqual({
    taken: [here],
    said: ['--repository “/nowhere/deploy” is not there.'],
  });
});

test('a flag without a folder, and no flag at all, name nothing', () => {
  expect(trees('/opt/podium/Podium', '--repository')).toEqual({ taken: [], said: [] });
  expect(trees('/opt/podium/Podium')).toEqual({ taken: [], said: [] });
});

test('a start by a link can bring no work tree along', () => {
  const link = ['/opt/podium/Podium', '--repository', here, 'podium://service/shop/payment'];
  expect(trees(...link)).toEqual({ taken: [], said: [] });
  expect(trees('/opt/podium/Podium', 'PODIUM://x', `--repository=${here}`)).toEqual({ taken: [], said: [] });
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
