import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { anonymous, type ConsulUser } from './access.ts';
import type { Reply } from './replies.ts';
import { routeOf } from './routes.ts';
import type { ConsulState, Table } from './state.ts';

/** A Consul agent on loopback. */
export interface ConsulServer {
  readonly url: string;
  close(): Promise<void>;
}

const longestBody = 600_000;
const defaultWaitMs = 300_000;
const longestWaitMs = 600_000;

/** Serves Consul's HTTP API on 127.0.0.1. Tokens are by their secret; who sends none is anonymous. */
export async function startConsul(
  state: ConsulState,
  tokens: ReadonlyMap<string, ConsulUser>,
  options: { readonly port?: number; readonly version?: string } = {},
): Promise<ConsulServer> {
  const server = createServer((request, response) => {
    void respond(request, response).catch((error: unknown) => {
      // A mistake of ours must reach the client as such: the rehearsal's process goes on.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(
        `the rehearsal's Consul failed: ${error instanceof Error ? error.message : String(error)}\n`,
      );
    });
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const body = await bodyOf(request);
    if (body === null) return send(response, { status: 413, text: 'Request body too large' });
    const secret = request.headers['x-consul-token'];
    const known = typeof secret === 'string' && secret !== '' ? tokens.get(secret) : anonymous;
    const dc = url.searchParams.get('dc');
    if (dc !== null && dc !== state.datacenter)
      return send(response, { status: 500, text: 'No path to datacenter' });
    const route = routeOf(
      { state, user: known ?? null, version: options.version ?? '1.20.5' },
      request.method ?? 'GET',
      url,
      body,
    );
    if (route.table !== null && request.method === 'GET' && known !== undefined) {
      const index = url.searchParams.get('index');
      if (index !== null && !/^\d+$/.test(index))
        return send(response, { status: 400, text: 'Invalid index' });
      const waitMs = durationMs(url.searchParams.get('wait'));
      if (waitMs === null) return send(response, { status: 400, text: 'Invalid wait time' });
      if (index !== null && Number(index) > 0) await waitFor(route.table, Number(index), waitMs, response);
    }
    if (!response.destroyed) send(response, route.answer());
  }

  /** Until the table's index is beyond what the client knows, or the time is up. */
  function waitFor(table: Table, index: number, waitMs: number, response: ServerResponse): Promise<void> {
    if (state.indexOf(table) > index) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        unsubscribe();
        response.off('close', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      const unsubscribe = state.subscribe((changed) => {
        if (changed === table && state.indexOf(table) > index) done();
      });
      response.on('close', done);
    });
  }

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, { status, text, json, headers = {} }: Reply): void {
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  const type = json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(status, { ...(body === '' ? {} : { 'content-type': type }), ...headers });
  response.end(body);
}

/** Go's durations, of which waits use these; null for what is none. Consul's own where nothing is said. */
function durationMs(text: string | null): number | null {
  if (text === null || text === '') return defaultWaitMs;
  const read = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (read === null) return null;
  const unit = { ms: 1, s: 1_000, m: 60_000 }[read[2] ?? 's'] ?? 1_000;
  return Math.min(Number(read[1]) * unit, longestWaitMs);
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
