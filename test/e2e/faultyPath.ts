import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is answered instead of the peer's own answer; `drop` closes the connection. */
export type Fault = { readonly status: number; readonly type: string; readonly body: string } | 'drop';

/** A path to a peer on which a test can put faults. */
export interface FaultyPath extends AsyncDisposable {
  readonly url: string;
  /** Asked for every request; null lets it through. Replace it to change the weather. */
  fault: (request: IncomingMessage) => Fault | null;
}

/** Starts a path to `target`; requests that are under way when the weather turns to `drop` are cut too. */
export async function startFaultyPath(target: string): Promise<FaultyPath> {
  const sockets = new Set<{ destroy(): void }>();
  const path: { fault: FaultyPath['fault'] } = { fault: () => null };
  const server = createServer((incoming, answer) => {
    const fault = path.fault(incoming);
    if (fault === 'drop') {
      incoming.socket.destroy();
      return;
    }
    if (fault !== null) {
      answer.writeHead(fault.status, { 'content-type': fault.type });
      answer.end(fault.body);
      return;
    }
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host } },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        // A watch says nothing at first, and its client waits for the head.
        answer.flushHeaders();
        reply.pipe(answer);
        answer.on('close', () => reply.destroy());
      },
    );
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    get fault() {
      return path.fault;
    },
    set fault(next) {
      path.fault = next;
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
