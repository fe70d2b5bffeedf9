import { expect, test } from 'vitest';
import { faultCommands, obeyFault } from './faultCommands.ts';
import { split, splits, startTestCluster } from './kube/testCluster.ts';
import type { Fields } from './traffic/reading.ts';

test.each(faultCommands)('%s is understood', async (command) => {
  await using cluster = await startTestCluster();
  expect(obeyFault(JSON.parse(command) as Fields, cluster.server.faults)).toBeNull();
});

test('a fault strikes what its command names, as often as it says', async () => {
  await using cluster = await startTestCluster();
  const { faults } = cluster.server;
  obeyFault({ fault: 'answer', code: 429, retryAfter: '7', verb: 'get', name: 'payment', times: 2 }, faults);
  const get = () => cluster.ask(`${splits}/payment`);
  expect((await cluster.ask(splits)).status).toBe(200);
  const [first, second, third] = [await get(), await get(), await get()];
  expect([first.status, second.status, third.status]).toEqual([429, 429, 200]);
  expect(first.headers.get('retry-after')).toBe('7');
});

test('a broken webhook is mended by "clear"', async () => {
  await using cluster = await startTestCluster();
  const { faults } = cluster.server;
  const write = () => cluster.ask(splits, { method: 'POST', json: split(1, 1, 'other') });
  obeyFault({ fault: 'webhook', is: 'unreachable' }, faults);
  expect((await write()).status).toBe(500);
  obeyFault({ fault: 'clear' }, faults);
  expect((await write()).status).toBe(201);
});

test.each([{ fault: 'nonsense' }, { fault: 'answer' }, { fault: 'webhook', is: 'sleepy' }, { fault: 7 }])(
  '%j is refused with a sentence',
  async (command) => {
    await using cluster = await startTestCluster();
    expect(obeyFault(command, cluster.server.faults)).toMatch(/there are|is answering/);
  },
);
