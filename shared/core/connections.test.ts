import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { createPaper, paperConnector } from '../../test/support/paperConnector.ts';
import type { LastPicture } from '../model/graph.ts';
import { defaultHealthThresholds } from '../model/settings.ts';
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

test('what is marked in settings holds at once for what is open, and what is taken back is guessed again', async () => {
  const ports = createMemoryPorts();
  await using console = await createConsole([paperConnector(createPaper(), 'prod')], ports);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const [found] = (await client.connections.discover()).candidates;
  await client.connections.open({ key: found?.key ?? '' });
  const seen: string[] = [];
  const signal = AbortSignal.timeout(10_000);
  for await (const [state] of await client.connections.watch(undefined, { signal })) {
    const environment = state?.environment ?? '';
    if (environment !== seen.at(-1)) seen.push(environment);
    if (seen.length === 1) await client.settings.write({ environments: { prod: 'staging' } });
    if (seen.length === 2) await client.settings.write({ environments: {} });
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(['production', 'staging', 'production']);
});

test('what two windows mark one after the other is all there, whatever each of them knew', async () => {
  await using console = await createConsole([], createMemoryPorts());
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const strict = { ...defaultHealthThresholds, failingErrorRatio: 0.02 };
  await client.settings.mark({ environments: { prod: 'production' }, healthOf: { 'a/b/c': strict } });
  await client.settings.mark({ environments: { other: 'staging' }, health: strict });
  const { environments, health } = await client.settings.read();
  expect(environments).toEqual({ prod: 'production', other: 'staging' });
  expect(health).toEqual({ default: strict, services: { 'a/b/c': strict } });
  await client.settings.mark({ environments: { prod: null }, healthOf: { 'a/b/c': null } });
  expect(await client.settings.read()).toMatchObject({
    environments: { other: 'staging' },
    health: { default: strict, services: {} },
  });
  expect((await client.settings.read()).environments).not.toHaveProperty('prod');
});

test('everything of a connection is forgotten, but not while it is open', async () => {
  const pictures = new Map([['prod', {} as LastPicture]]);
  const ports = createMemoryPorts({
    pictures: {
      read: async () => null,
      write: async () => undefined,
      forget: async (title) => void pictures.delete(title),
    },
  });
  await using console = await createConsole([paperConnector(createPaper(), 'prod')], ports);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const [found] = (await client.connections.discover()).candidates;
  await client.connections.open({ key: found?.key ?? '' });
  await client.settings.write({
    environments: { prod: 'staging', other: 'production' },
  });
  await client.settings.mark({
    positions: { prod: { 'service/shop/order': { x: 1, y: 2 } } },
  });
  await expect(client.settings.forgetConnection({ title: 'prod' })).rejects.toThrow(
    'prod is open. Close it first, then forget it.',
  );
  await client.connections.close({ id: 'prod' });
  await client.settings.forgetConnection({ title: 'prod' });
  expect(await client.settings.read()).toMatchObject({
    environments: { other: 'production' },
    positions: {},
  });
  expect(pictures.size).toBe(0);
});

test('what is typed while the disk is full opens all the same, and says that it is not remembered', async () => {
  const ports = createMemoryPorts();
  const full = { ...ports.settings, write: () => Promise.reject(new Error('ENOSPC: no space left')) };
  const form = z.object({ address: z.url().meta({ title: 'Address', kind: 'address' }) });
  const paper = { ...paperConnector(createPaper()), form };
  await using console = await createConsole([paper], { ...ports, settings: full });
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const { id } = await client.connections.openTyped({
    connector: 'paper',
    title: 'east',
    values: { address: 'https://east' },
  });
  expect(id).toBe('east');
  await ports.clock.advance(10);
  for await (const [state] of await client.connections.watch(undefined, {})) {
    expect(state).toMatchObject({ state: 'open' });
    expect(state?.warnings.join()).toMatch(/open, but not remembered.*Remembering it: ENOSPC/);
    expect(state?.warnings.join()).not.toContain('Everything is as it was');
    break;
  }
});
