import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { createPaper, paperConnector } from '../../test/support/paperConnector.ts';
import { createConsole } from './console.ts';
import type { ConsoleRouter } from './router.ts';

test('a connection of another system that bears its name does not close an open one', async () => {
  const ports = createMemoryPorts();
  const cluster = { ...paperConnector(createPaper(), 'prod'), id: 'kubernetes' };
  const registry = { ...paperConnector(createPaper(), 'prod'), id: 'consul' };
  await using console = await createConsole([cluster, registry], ports);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const keys = (await client.connections.discover()).candidates.map(({ key }) => key);
  expect(new Set(keys).size).toBe(2);
  const [first = '', second = ''] = keys;
  await client.connections.open({ key: first });
  await ports.clock.advance(10);
  await expect(client.connections.open({ key: second })).rejects.toThrow(
    'A connection named prod is open already, to Paper.',
  );
  // Its own place it takes again.
  await client.connections.open({ key: first });
  await client.connections.close({ id: 'prod' });
  await client.connections.open({ key: second });
});
