import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { KubeClient } from './client.ts';
import { openPort } from './portForward.ts';

const pod = { namespace: 'shop', name: 'p', port: 8080 };

/** An API server that leads every port-forward to `talk`; without one it refuses them. */
async function reached(talk: ((socket: WebSocket) => void) | null) {
  const server: Server = createServer();
  if (talk === null)
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'));
  else
    new WebSocketServer({ server, handleProtocols: () => 'v4.channel.k8s.io' }).on('connection', (socket) => {
      for (const channel of [0, 1]) socket.send(Buffer.of(channel, 0x90, 0x1f));
      talk(socket);
    });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const agent = new Agent();
  const client = {
    server: address.origin,
    reach: { server: address, headers: () => Promise.resolve({}), agent: () => agent },
  };
  return {
    // Only what a port-forward asks of a client.
    client: client as unknown as KubeClient,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

const said = (socket: WebSocket, words: string, then: () => void): void =>
  socket.send(Buffer.concat([Buffer.of(0), Buffer.from(words)]), then);

test.for([1000, undefined])('a port-forward closed with %s was whole', async (code) => {
  await using api = await reached((socket) => said(socket, 'all of it', () => socket.close(code)));
  const stream = await openPort(api.client, pod, new AbortController().signal);
  expect(await text(stream)).toBe('all of it');
});

test.for([
  ['without a close frame', (socket: WebSocket) => socket.terminate()],
  ['because the gateway goes away', (socket: WebSocket) => socket.close(1001)],
  ['because the server failed', (socket: WebSocket) => socket.close(1011)],
] as const)('a port-forward cut off %s is no whole answer', async ([, cut]) => {
  await using api = await reached((socket) => said(socket, 'half of', () => cut(socket)));
  const stream = await openPort(api.client, pod, new AbortController().signal);
  await expect(text(stream)).rejects.toMatchObject({
    kind: 'unanswered',
    message: expect.stringContaining('shop/p was cut off'),
  });
});

test('a port-forward that was refused leaves nothing behind that waits for its end', async () => {
  await using api = await reached(null);
  const { signal } = new AbortController();
  const waiting = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    waiting.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    waiting.delete(args[1]);
    remove(...args);
  };
  await expect(openPort(api.client, pod, signal)).rejects.toMatchObject({ kind: 'forbidden' });
  await expect.poll(() => waiting.size).toBe(0);
});
