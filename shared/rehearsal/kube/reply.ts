import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** The answer to one request; faults stand between a handler and the socket by wrapping it. */
export interface Reply {
  start(code: number, headers: Readonly<Record<string, string>>): void;
  write(chunk: string | Uint8Array): void;
  end(): void;
  /** Whether the head of the answer is out: from then on only a reset can tell of a failure. */
  begun(): boolean;
  /** Breaks the connection with a reset. */
  reset(): void;
  /** Resolves when the socket takes more, at once where it does. */
  drained(): Promise<void>;
  /** Aborted when the connection is gone or the answer is finished. */
  readonly closed: AbortSignal;
}

/** A reply that writes to the socket. */
export function replyTo(request: IncomingMessage, response: ServerResponse): Reply {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return {
    start(code, headers) {
      if (response.headersSent || response.destroyed) return;
      response.writeHead(code, headers);
      // A watch shows that it is open before its first event.
      if (headers['content-length'] === undefined) response.flushHeaders();
    },
    write(chunk) {
      if (!response.destroyed && !response.writableEnded) response.write(chunk);
    },
    end() {
      if (!response.destroyed && !response.writableEnded) response.end();
    },
    begun: () => response.headersSent,
    reset: () => void request.socket.resetAndDestroy(),
    drained() {
      if (!response.writableNeedDrain || response.destroyed) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          response.off('drain', done);
          response.off('close', done);
          resolve();
        };
        response.once('drain', done);
        response.once('close', done);
      });
    },
    closed: closed.signal,
  };
}

const gzipFrom = 128 * 1024;

/** Answers with one JSON document; large ones are packed for a client that takes gzip, as the real server does from 128 KiB. */
export function sendJson(
  reply: Reply,
  code: number,
  body: unknown,
  how: {
    readonly acceptEncoding?: string | undefined;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): void {
  const plain = Buffer.from(`${JSON.stringify(body)}\n`);
  const packed = plain.length >= gzipFrom && /\bgzip\b/.test(how.acceptEncoding ?? '');
  const bytes = packed ? gzipSync(plain, { level: 1 }) : plain;
  reply.start(code, {
    'cache-control': 'no-cache, private',
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    ...(packed ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
    ...how.headers,
  });
  reply.write(bytes);
  reply.end();
}

/** Answers with text, as health checks and unknown paths do. */
export function sendText(
  reply: Reply,
  code: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  const bytes = Buffer.from(text);
  reply.start(code, { 'content-type': contentType, 'content-length': String(bytes.length) });
  reply.write(bytes);
  reply.end();
}
