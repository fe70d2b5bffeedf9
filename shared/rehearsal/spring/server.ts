import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answered {
  readonly status: number;
  readonly body?: unknown;
  /** As it is, in place of a body that is sent as JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** Null never answers. */
export type Answerer = (request: Asked) => Answered | null;

/** Some paths of a server; undefined for all others. */
export type Endpoint = (request: Asked) => Answered | undefined;

/** A server on a port of its own that keeps what it was asked lately. */
export interface Served extends AsyncDisposable {
  readonly port: number;
  readonly asked: readonly string[];
}

const mostKept = 2_000;

/** At a port that is free unless one is named. */
export async function serve(answer: Answerer, at = 0): Promise<Served> {
  const asked: string[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    void collect(incoming).then((body) => {
      const url = new URL(incoming.url ?? '/', 'http://here');
      const method = incoming.method ?? 'GET';
      asked.push(`${method} ${url.pathname}${url.search}`);
      if (asked.length > mostKept) asked.splice(0, mostKept / 2);
      const given = answer({
        method,
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        body,
        headers: incoming.headers,
      });
      if (given !== null) send(outgoing, given);
    });
  });
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  return {
    port,
    asked,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function collect(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk);
  return text;
}

function send(outgoing: ServerResponse, { status, body, text, headers = {} }: Answered): void {
  const json = body === undefined ? '' : JSON.stringify(body);
  outgoing.writeHead(status, { ...(json === '' ? {} : { 'content-type': 'application/json' }), ...headers });
  outgoing.end(text ?? json);
}

/** As Spring Boot words an error. */
export const springError = (status: number, error: string, path: string): Answered => ({
  status,
  body: { timestamp: new Date().toISOString(), status, error, path },
});
