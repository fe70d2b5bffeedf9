import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterEach, expect, test, vi } from 'vitest';
import { createConsole } from '../shared/core/console.ts';
import type { ConsoleRouter } from '../shared/core/router.ts';
import { os, type RouterClient } from '@orpc/server';
import { createMemoryPorts } from '../test/support/memoryPorts.ts';
import { MessageChannelMain } from '../test/stand-ins/electron/ports.ts';
import { servePort } from './servePort.ts';

afterEach(() => void vi.restoreAllMocks());

/** A console of its own, and as many lines to it as a test asks for. */
async function startConsole() {
  const ports = createMemoryPorts();
  const open = await createConsole([], ports);
  return {
    connect() {
      const { port1, port2 } = new MessageChannelMain();
      let isClosed = false;
      port2.on('close', () => (isClosed = true));
      servePort(open.router, port1, ports.log);
      const client: RouterClient<ConsoleRouter> = createORPCClient(new RPCLink({ port: port2 }));
      port2.start();
      return { port: port2, client, isClosed: () => isClosed };
    },
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

const request = (path: string, json: string): string =>
  `{"i":"1","p":{"u":"http://orpc/${path}","b":{"json":${json}},"h":{},"m":"POST"}}`;

test.for([
  ['of 50 MB', request('connections/close', JSON.stringify({ id: 'x'.repeat(50 * 1024 * 1024) }))],
  ['that is no JSON', 'not JSON'],
  ['that is no request', '{"i":"1"}'],
  ['of another kind', '{"i":"1","t":9,"p":{}}'],
  ['that is an event of none', '{"i":"1","t":3,"p":{}}'],
  ['that is an object, not its text', { i: '1', p: { u: 'http://orpc/connections/forms' } }],
  ['that is bytes', new Uint8Array([123, 125])],
] as const)(
  'E03 a message %s ends its own line, is not printed, and leaves the others',
  async ([, message]) => {
    await using console_ = await startConsole();
    const printed = vi.spyOn(console, 'error');
    const hostile = console_.connect();
    const other = console_.connect();
    hostile.port.postMessage(message);
    await expect.poll(hostile.isClosed).toBe(true);
    expect(await other.client.connections.forms()).toEqual([]);
    expect(other.isClosed()).toBe(false);
    expect(printed).not.toHaveBeenCalled();
  },
);

test('E03 what was streamed on a line ends with it', async () => {
  const ended = Promise.withResolvers<void>();
  const router = {
    watch: os.handler(async function* ({ signal }) {
      signal?.addEventListener('abort', () => ended.resolve());
      yield 1;
      await ended.promise;
    }),
  };
  const { port1, port2 } = new MessageChannelMain();
  servePort(router, port1, createMemoryPorts().log);
  const client: RouterClient<typeof router> = createORPCClient(new RPCLink({ port: port2 }));
  port2.start();
  const stream = await client.watch();
  expect((await stream.next()).value).toBe(1);
  port2.postMessage('not JSON');
  await ended.promise;
});

test.for([
  ['keys of a prototype', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}', '[]'],
  ['a path into a prototype', '{"view":{}}', '[[1,"view","__proto__","polluted"]]'],
] as const)('E03 an input with %s changes no prototype', async ([, json, meta]) => {
  await using console_ = await startConsole();
  const { port, client } = console_.connect();
  const body = `{"i":"hostile","p":{"u":"http://orpc/settings/write","b":{"json":${json},"meta":${meta}},"h":{},"m":"POST"}}`;
  const answered = new Promise<string>((resolve) =>
    port.on('message', ({ data }: { data: unknown }) => {
      if (String(data).includes('"hostile"')) resolve(String(data));
    }),
  );
  port.postMessage(body);
  await answered;
  expect(Object.keys(await client.settings.read())).not.toContain('polluted');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('E03 an input with more than the contract knows is refused or read without it', async () => {
  await using console_ = await startConsole();
  const { client } = console_.connect();
  const more = { id: 'x', also: 'y' } as never;
  await expect(client.connections.close(more)).rejects.toThrow('closed');
  await expect(client.connections.close({ id: { toString: 'x' } } as never)).rejects.toThrow(/valid/i);
});
