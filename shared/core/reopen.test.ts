import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createMemoryJournal, createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { openPaper } from '../../test/support/openPaper.ts';
import { createPaper, paperConnector } from '../../test/support/paperConnector.ts';
import { recordOf } from '../../test/support/records.ts';
import { defaultSettings } from '../model/settings.ts';
import type { HoldState } from '../model/watch.ts';
import { createMemoryVault } from '../node/vault.ts';
import { createConsole } from './console.ts';
import type { ConsoleRouter } from './router.ts';

test('a console starts although what is held cannot be looked for', async () => {
  const { canaries } = createMemoryPorts();
  const broken = { ...canaries, open: () => Promise.reject(new Error('disk I/O error')) };
  await using here = await openPaper(createPaper(), { start: true, ports: { canaries: broken } });
  expect((await here.client.connections.discover()).candidates).toHaveLength(1);
});

test('what needs no kept secret is opened while the keyring does not answer, and each kept one once it does', async () => {
  const hold: HoldState = {
    ...{ until: 2_000_000_000_000, untilMoment: null, state: 'held' },
    ...{ note: '', endedBy: null, leftBy: null, attempts: 0 },
  };
  const answers: (() => void)[] = [];
  const asked: string[] = [];
  const remembered = ['east', 'west'].map((title) => ({
    ...{ connector: 'paper', title, keep: true, secrets: ['token'] },
    values: { address: `https://${title}` },
  }));
  const secretOf = (title: string) =>
    JSON.stringify({
      connector: 'paper',
      destination: JSON.stringify([`https://${title}`]),
      values: { token: 't-1' },
    });
  const ports = createMemoryPorts({
    settings: {
      read: async () => ({ ...defaultSettings, remembered }),
      write: async () => undefined,
    },
    vault: {
      ...createMemoryVault('this is a test'),
      read(name) {
        asked.push(name);
        return new Promise((resolve) =>
          answers.push(() => resolve(secretOf(name.replace('connection:', '')))),
        );
      },
    },
    journal: createMemoryJournal(
      new Map(
        ['paper', 'east', 'west'].map((title) => {
          const connection = { ...recordOf().connection, title };
          return [title, recordOf({ id: title, connection, hold })] as const;
        }),
      ),
    ),
  });
  const form = z.object({
    address: z.url().meta({ title: 'Address', kind: 'address' }),
    token: z.string().meta({ title: 'Token', kind: 'secret' }),
  });
  await using console = await createConsole([{ ...paperConnector(createPaper()), form }], ports);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const open = async () => {
    for await (const states of await client.connections.watch(undefined, {}))
      return states.map(({ title }) => title).sort();
    return [];
  };
  const reopened = console.reopenHeld();
  await ports.clock.advance(10);
  expect(await open()).toEqual(['paper']);
  expect(asked, 'side by side, and each once').toEqual(['connection:east', 'connection:west']);
  await client.connections.close({ id: 'paper' });
  for (const answer of answers) answer();
  await reopened;
  expect(await open(), 'what was closed meanwhile stays closed').toEqual(['east', 'west']);
});
