import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { GraphUpdate } from '../../shared/model/graph.ts';
import { createMemoryPorts } from '../support/memoryPorts.ts';
import { createPaper, paperConnector } from '../support/paperConnector.ts';

async function firstGraph(
  client: RouterClient<ConsoleRouter>,
  fits: (update: GraphUpdate) => boolean,
): Promise<GraphUpdate> {
  for await (const update of await client.graph.watch()) if (fits(update)) return update;
  throw new Error('the stream of the graph ended');
}

test('P03 with every peer down at boot, the last map, marked as old, and the journal are there at once', async () => {
  const ports = createMemoryPorts();
  const paper = paperConnector(createPaper());
  {
    await using console = await createConsole([paper], ports);
    const client = createRouterClient(console.router);
    await client.connections.discover();
    await client.connections.open({ key: 'paper:paper' });
    await ports.clock.advance(10);
    await firstGraph(client, ({ services }) => services.length > 0);
  }
  const down = {
    ...paper,
    open: () => Promise.reject(new PeerError('unreachable', 'Nothing answers at https://paper.test.')),
  };
  const began = process.threadCpuUsage();
  await using console = await createConsole([down], ports);
  const client = createRouterClient(console.router);
  await client.connections.discover();
  await client.connections.open({ key: 'paper:paper' });
  const graph = await firstGraph(client, ({ services }) => services.length > 0);
  // Of work, not on the clock: no time passes by that of the console.
  expect(process.threadCpuUsage(began).user / 1000).toBeLessThan(3_000);
  expect(graph.services.map((service) => service.name)).toEqual(['payment']);
  expect(graph.problems.join()).toMatch(/nothing answers yet; the map is as it was on/);
  expect(await client.journal.list({ query: '', limit: 10 })).toEqual({ records: [], writable: true });
  for await (const states of await client.connections.watch()) {
    if (states[0]?.state !== 'failing') continue;
    expect(states[0].error).toBe('Nothing answers at https://paper.test.');
    break;
  }
});
