import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, Notification } from 'electron/main';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { appId } from './appId.ts';
import { createNotifier } from './notifier.ts';

vi.mock('electron/main', () => import('../test/stand-ins/electron/main.ts'));

test('a notification that the system did not show is told of, and none fails once Podium says who it is', () => {
  const failed: string[] = [];
  const notify = createNotifier({
    isLookedAt: () => false,
    show: () => undefined,
    fail: (why) => void failed.push(why),
  });
  const { shown } = Notification as unknown as { shown: readonly { title: string }[] };
  notify({ title: 'A trip ended', text: '', link: null });
  expect(failed).toEqual([expect.stringContaining('no application user model ID')]);
  expect(shown).toEqual([]);
  app.setAppUserModelId(appId);
  notify({ title: 'A trip ended', text: '', link: null });
  expect(failed).toHaveLength(1);
  expect(shown.map(({ title }) => title)).toEqual(['A trip ended']);
});

test('Podium calls itself as its installer does', () => {
  const text = readFileSync(join(import.meta.dirname, '../build/electron-builder.yml'), 'utf8');
  expect(parse(text)).toMatchObject({ appId });
});
