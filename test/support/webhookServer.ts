import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebhookMessage } from '../../shared/model/webhook.ts';

/** What a webhook was sent. */
export interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly body: string;
  /** Throws where the body is not what is documented, to the last field. */
  readonly message: () => WebhookMessage;
}

export interface WebhookServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly heard: readonly Heard[];
  /** How each is answered from now on; null for not at all. */
  answers(how: Answer | null): void;
}

interface Answer {
  readonly status: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real server of the loopback address that takes what it is told. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const heard: Heard[] = [];
  let how: Answer | null = { status: 204 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (bytes: Buffer) => chunks.push(bytes));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const message = (): WebhookMessage => WebhookMessage.strict().parse(JSON.parse(body));
      heard.push({ headers: request.headers, path: request.url ?? '', body, message });
      if (how !== null) response.writeHead(how.status, how.headers).end(how.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    heard,
    answers: (next) => void (how = next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
