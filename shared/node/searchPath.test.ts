import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLoginSearchPath } from './searchPath.ts';

/** A login shell that does what the test says, and counts how often it was asked. */
function shell(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'podium-shell-'));
  const path = join(folder, 'shell');
  writeFileSync(path, `#!/bin/sh\nprintf x >> '${folder}/asked'\n${script}\n`);
  chmodSync(path, 0o700);
  return {
    path,
    times: () => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').length : 0),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

test('the login shell’s folders come first, the desktop’s after them, and the shell is asked once', async () => {
  using zsh = shell('echo "Welcome back"; PATH=/home/ana/bin:/opt/brew:/usr/bin; export PATH; "$2"');
  const search = createLoginSearchPath({ SHELL: zsh.path, PATH: '/usr/bin:/bin' });
  const [first, second] = await Promise.all([search(), search()]);
  expect(first).toEqual({ folders: ['/home/ana/bin', '/opt/brew', '/usr/bin', '/bin'], problem: null });
  expect(second).toEqual(first);
  expect(zsh.times()).toBe(1);
});

test('a shell that hangs, fails, or tells nothing is said to, and the desktop’s folders are used', async () => {
  using hanging = shell('sleep 600');
  using silent = shell('exit 1');
  const cases: [string, RegExp][] = [
    [hanging.path, /did not answer within 1 s, so only the folders that the desktop gave .*: \/usr\/bin/],
    [silent.path, /told no PATH/],
    ['/no/such/shell', /could not be started/],
  ];
  for (const [path, words] of cases) {
    const found = await createLoginSearchPath({ SHELL: path, PATH: '/usr/bin' }, 1_000)();
    expect(found).toEqual({ folders: ['/usr/bin'], problem: expect.stringMatching(words) as unknown });
  }
});
