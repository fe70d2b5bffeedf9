import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is answered instead of the peer's own answer; `drop` closes the connection. */
export type Fault = { readonly status: number; readonly type: string; readonly body: string } | 'drop';

/** A path to a peer on which a test can put faults. */
export interface FaultyPath extends AsyncDisposable {
  readonly url: string;
  /** Asked for every request; null lets it through. Replace it to change the weather. */
  fault: (request: IncomingMessage) => Fault | null;
  /** Asked for every request that is let through; what it gives changes the peer's answer on its way back. */
  rewrite: (request: IncomingMessage) => ((body: string) => string) | null;
}

/** Starts a path to `target`; requests that are under way when the weather turns to `drop` are cut too. */
export async function startFaultyPath(target: string): Promise<FaultyPath> {
  const sockets = new Set<{ destroy(): void }>();
  const path: Pick<FaultyPath, 'fault' | 'rewrite'> = { fault: () => null, rewrite: () => null };
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
    const rewrite = path.rewrite(incoming);
    const headers = { ...incoming.headers, host: new URL(target).host };
    // What is to be rewritten must come as it is.
    if (rewrite !== null) delete headers['accept-encoding'];
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers },
      (reply) => {
        if (rewrite !== null) {
          const { 'content-length': _length, ...kept } = reply.headers;
          void textOf(reply).then(
            (body) => answer.writeHead(reply.statusCode ?? 502, kept).end(rewrite(body)),
            () => incoming.socket.destroy(),
          );
          return;
        }
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
    get rewrite() {
      return path.rewrite;
    },
    set rewrite(next) {
      path.rewrite = next;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(reply: IncomingMessage): Promise<string> {
  let text = '';
  reply.setEncoding('utf8');
  for await (const part of reply) text += String(part);
  return text;
}
