import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the fleet's applications listen, as their containers declare. */
export const applicationPort = 8080;

/** What answers a port-forward to an application: the fleet's traffic is a model, and no program runs in its pods. */
export async function startPodProgram(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end('This is a pod of the rehearsal: a port-forward reaches it, and no program runs here.\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A TCP server's address is never a path.
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
