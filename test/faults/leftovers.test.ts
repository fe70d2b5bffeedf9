import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a walk that ends without tidying up leaves no process and no folder behind', async () => {
  const walk = `
    import { spawn } from 'node:child_process';
    import { mkdtempSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { killedAtExit, removedAtExit } from ${JSON.stringify(join(import.meta.dirname, '../support/leaveNothing.ts'))};
    const folder = removedAtExit(mkdtempSync(tmpdir() + '/podium-left-'));
    const { pid } = killedAtExit(
      spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: ['ignore', 'inherit', 'ignore'] }),
    );
    process.stdout.write(JSON.stringify({ pid, folder }), () => process.exit(1));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', walk], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told = await new Promise((resolve) => child.stdout.once('data', resolve));
  const { pid, folder } = JSON.parse(String(told)) as { readonly pid: number; readonly folder: string };
  onTestFinished(() => {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  await expect.poll(() => isRunning(pid)).toBe(false);
  await expect.poll(() => existsSync(folder)).toBe(false);
});
