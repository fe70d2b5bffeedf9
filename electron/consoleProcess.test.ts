import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startConsoleProcess } from './consoleProcess.ts';

class Child extends EventEmitter {
  readonly said: unknown[] = [];
  postMessage(message: unknown): void {
    this.said.push(message);
  }
  kill(): void {
    this.emit('exit', 0);
  }
}

const children = vi.hoisted((): EventEmitter[] => []);
vi.mock('electron/main', () => ({
  utilityProcess: {
    fork: () => {
      const child = new Child();
      children.push(child);
      return child;
    },
  },
  MessageChannelMain: MessageChannel,
}));

beforeEach(() => {
  children.splice(0);
  vi.useFakeTimers();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const start = () =>
  startConsoleProcess({
    folder: '/app',
    dataFolder: '/data',
    repositories: [],
    onHeld: () => undefined,
    sealing: {
      whyNot: () => Promise.resolve('this is a test'),
      seal: () => Promise.reject(new Error('this is a test')),
      open: () => Promise.reject(new Error('this is a test')),
    },
  });

test('a console that was started again after a fall is waited for when it is stopped', async () => {
  const console_ = start();
  children[0]?.emit('exit', 1);
  vi.advanceTimersByTime(1_000);
  expect(children).toHaveLength(2);
  let isOver = false;
  const stopping = console_.stop().then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(100);
  expect(isOver).toBe(false);
  children[1]?.emit('exit', 0);
  await stopping;
});

test('a console that does not end is not waited for without an end', async () => {
  const stopping = start().stop();
  await vi.advanceTimersByTimeAsync(3_000);
  await stopping;
});
