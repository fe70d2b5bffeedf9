import { beforeEach, expect, test } from 'vitest';
import { defaultSettings, type Settings } from '../../shared/model/settings.ts';
import { type ConsoleClient, useLink } from '../client/link.ts';
import { markSettings, useSettings, writeSettings } from './settings.ts';

/** What the console holds, and how each write that waits there is answered. */
let held: Settings;
let answers: ((isTaken: boolean) => void)[];

beforeEach(() => {
  held = defaultSettings;
  answers = [];
  useSettings.setState({ settings: defaultSettings, read: true });
  const answered = (take: () => void) =>
    new Promise<void>((resolve, reject) =>
      answers.push((isTaken) => {
        if (!isTaken) return reject(new Error('the disk is full'));
        take();
        resolve();
      }),
    );
  const settings = {
    read: () => Promise.resolve(held),
    write: (part: Partial<Settings>) => answered(() => (held = { ...held, ...part })),
    mark: () => answered(() => undefined),
  };
  useLink.setState({ state: 'open', client: { settings } as unknown as ConsoleClient });
});

const shown = (): Settings => useSettings.getState().settings;

test('of several that are refused in a row nothing stays, and what was taken beside them does', async () => {
  const first = writeSettings({ view: { theme: 'dark' } });
  const second = writeSettings({ view: { theme: 'light' } });
  const third = writeSettings({ tourDone: true });
  expect(shown().view).toEqual({ theme: 'light' });
  answers[0]?.(false);
  answers[1]?.(false);
  answers[2]?.(true);
  await Promise.allSettled([first, second, third]);
  expect(shown()).toEqual({ ...defaultSettings, tourDone: true });
});

test('after a mark is kept, what another window set beside it is taken up', async () => {
  const marked = markSettings({ environments: { prod: 'production' } });
  expect(shown().environments).toEqual({ prod: 'production' });
  held = { ...held, environments: { other: 'staging', prod: 'production' } };
  answers[0]?.(true);
  await marked;
  expect(shown().environments).toEqual({ other: 'staging', prod: 'production' });
});
