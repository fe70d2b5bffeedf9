import { expect, test } from 'vitest';
import { runProgram } from './run.ts';

const shell = (script: string, timeoutMs = 20_000) =>
  runProgram({
    path: '/bin/sh',
    args: ['-c', script],
    env: { PATH: '/usr/bin:/bin' },
    timeoutMs,
    maxBytes: 1024,
    signal: AbortSignal.timeout(30_000),
  });

test('a program that ends is told by its code, and what it said on both ways is kept apart', async () => {
  const ended = await shell('echo out; echo trouble >&2; exit 4');
  expect(ended).toMatchObject({ how: 'exit', code: 4, stdout: 'out\n', stderr: 'trouble\n' });
});

test('one that does not end in time is stopped together with what it started', async () => {
  const ended = await shell('sleep 600 & echo $!; wait', 500);
  expect(ended.how).toBe('timeout');
  const left = Number(ended.stdout);
  await expect.poll(() => isRunning(left), { timeout: 10_000 }).toBe(false);
});

test('of what one complains without an end only the end is kept', async () => {
  const { stderr } = await shell('yes complaint | head -c 1000000 >&2; echo over >&2');
  expect(stderr.length).toBe(64 * 1024);
  expect(stderr).toMatch(/over\n$/);
});

test('one that leaves something running with its output open is not waited for', async () => {
  const ended = await shell('sleep 600 & echo $!');
  expect(ended).toMatchObject({ how: 'exit', code: 0 });
  process.kill(Number(ended.stdout), 'SIGKILL');
});

test('arguments are no shell’s business, and a program that is not there is not started', async () => {
  const run = { env: {}, timeoutMs: 20_000, maxBytes: 1024, signal: AbortSignal.timeout(30_000) };
  expect((await runProgram({ ...run, path: '/bin/echo', args: ['$(id); `id`'] })).stdout).toBe(
    '$(id); `id`\n',
  );
  expect((await runProgram({ ...run, path: '/no/such', args: [] })).how).toBe('notStarted');
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
