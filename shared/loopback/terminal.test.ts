import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { AskedProgram } from '../core/ports.ts';
import { createTerminal } from './terminal.ts';

const asked: AskedProgram = {
  title: 'prod\u001b[2J',
  question: {
    program: {
      fingerprint: '3fa2b1ccdd',
      command: 'aws',
      path: '/usr/local/bin/aws',
      sha256: 'ab'.repeat(32),
      args: ['eks', 'get-token\n  argument   --harmless', '\u202egnp.exe'],
      env: [{ name: 'AWS_PROFILE', value: 'prod' }],
      kubeconfig: '/home/ana/.kube/config',
    },
    changed: 'The file is not the one that you allowed.',
    terminalCode: '3fa2b1',
  },
};

function terminal() {
  const input = new PassThrough();
  const printed: string[] = [];
  return { input, printed, ...createTerminal(input, (line) => printed.push(line)) };
}

test('only the code of what is asked lets it run; other lines do what they always do', async () => {
  const { input, printed, ask, onLine } = terminal();
  let others = 0;
  onLine(() => (others += 1));
  const allowed = ask(asked, new AbortController().signal);
  input.write('\nyes\nallow\nallow 000000\n');
  await expect.poll(() => others).toBe(3);
  expect(printed.at(-1)).toBe('Nothing waits for this code.');
  input.write('  ALLOW 3FA2B1 \n');
  await allowed;
  input.write('allow 3fa2b1\n');
  await expect.poll(() => printed.at(-1)).toBe('Nothing waits for this code.');
});

test('everything that would be run is printed, and nothing of it steers the terminal', () => {
  const { printed, ask } = terminal();
  void ask(asked, new AbortController().signal).catch(() => undefined);
  const text = printed.join('\n');
  for (const words of [
    '/usr/local/bin/aws',
    'eks',
    'AWS_PROFILE=prod',
    'ab'.repeat(32),
    '.kube/config',
    'not the one',
  ])
    expect(text).toContain(words);
  expect(text).toContain('get-token\\u{a}  argument   --harmless');
  expect(text).not.toMatch(/[\u001b\u202e]/);
});

test('a question that nobody asks any more takes no answer', async () => {
  const { input, printed, ask } = terminal();
  const stop = new AbortController();
  const allowed = ask(asked, stop.signal);
  stop.abort(new Error('closed'));
  await expect(allowed).rejects.toThrow('closed');
  input.write('allow 3fa2b1\n');
  await expect.poll(() => printed.at(-1)).toBe('Nothing waits for this code.');
});
