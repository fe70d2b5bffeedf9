import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { createFakeClock, createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { createPaper, paperConnector } from '../../test/support/paperConnector.ts';
import { createConsole } from './console.ts';
import type { ConsoleRouter } from './router.ts';

test('where no source counts calls a reading comes all the same, and counts no split', async () => {
  const clock = createFakeClock();
  const paper = paperConnector(createPaper(), 'east');
  const uncounted: typeof paper = {
    ...paper,
    capabilities: paper.capabilities.filter((each) => each !== 'signals'),
    open: async (settings, host) => {
      const { signals: _, ...session } = await paper.open(settings, host);
      return session;
    },
  };
  await using console = await createConsole([uncounted], createMemoryPorts({ clock }));
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  for (const { key } of (await client.connections.discover()).candidates)
    await client.connections.open({ key });
  await clock.advance(10);
  const stop = new AbortController();
  const readings: unknown[] = [];
  const reading = (async () => {
    const stream = await client.splits.measured({ serviceId: 'east/shop/payment' }, { signal: stop.signal });
    for await (const value of stream) readings.push(value);
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  await clock.advance(5_000);
  stop.abort();
  await reading;
  expect(readings[0]).toEqual([]);
});
