import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { answer, type ApiSource } from './api.ts';

const longestBody = 1_000_000;

/** A Prometheus on loopback. */
export interface PrometheusServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the Prometheus HTTP API on 127.0.0.1, and the fleet's counters at `/fleet/metrics` in the text format, for a
 * real Prometheus to scrape.
 */
export async function startPrometheus(
  source: ApiSource,
  options: { readonly exposition: () => string; readonly port?: number },
): Promise<PrometheusServer> {
  const server = createServer((request, response) => {
    void respond(request, response, source, options.exposition).catch((error: unknown) => {
      // A mistake of ours must reach the client as such: the rehearsal's process goes on.
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(
        `the rehearsal's Prometheus failed: ${error instanceof Error ? error.message : String(error)}\n`,
      );
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => closeServer(server) };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  source: ApiSource,
  exposition: () => string,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://loopback');
  const text = (status: number, body: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(body);
  };
  if (request.method !== 'GET' && request.method !== 'POST') return text(405, 'Method Not Allowed\n');
  switch (url.pathname) {
    case '/-/healthy':
      return text(200, 'Prometheus Server is Healthy.\n');
    case '/-/ready':
      return text(200, 'Prometheus Server is Ready.\n');
    case '/fleet/metrics':
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(exposition());
      return;
  }
  if (request.method === 'POST') {
    const body = await bodyOf(request);
    if (body === null) return text(413, 'request body too large\n');
    for (const [name, value] of new URLSearchParams(body)) url.searchParams.append(name, value);
  }
  const result = answer(url.pathname, url.searchParams, source);
  if (result === null) return text(404, '404 page not found\n');
  response.writeHead(result.status, { 'content-type': 'application/json' });
  response.end(result.body);
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
