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

const told: unknown[] = [];
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
  told.splice(0);
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
    onNews: (news) => void told.push(news),
    onCannotStart: (why) => void told.push(why),
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

test('a console that fell over just before Podium ends is not started again', async () => {
  const console_ = start();
  children[0]?.emit('exit', 1);
  await console_.stop();
  vi.advanceTimersByTime(1_000);
  expect(children).toHaveLength(1);
});

test('a console that cannot run here says why, and is not started again and again', async () => {
  const console_ = start();
  children[0]?.emit('message', { cannotStart: 'the disk is full' });
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['the disk is full']);
  expect(children).toHaveLength(1);
  await console_.stop();
});

test('a console that does not end is not waited for without an end', async () => {
  const stopping = start().stop();
  await vi.advanceTimersByTimeAsync(3_000);
  await stopping;
});

test('what happened is taken as plain text of its length, and leads only where a link of Podium’s own does', () => {
  start();
  const say = (news: unknown) => children[0]?.emit('message', { news });
  const link = 'podium://service/shop/payment';
  say({ title: 'T'.repeat(500), text: 'x'.repeat(5_000), link });
  say({ title: 'A trip ended', text: '', link: 'https://elsewhere.example.com' });
  say({ title: 1, text: [], link });
  expect(told).toEqual([
    { title: 'T'.repeat(100), text: 'x'.repeat(300), link },
    { title: 'A trip ended', text: '', link: null },
  ]);
});
