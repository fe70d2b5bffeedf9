import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pageHeaders } from '../node/pagePolicy.ts';

/** Sends a small JSON answer with every protective header; errors also close the connection. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...pageHeaders(null, []),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(status >= 400 ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(text);
}

/** Turns a request away without a word: the body is empty, and the connection is not used again. */
export function answerNothing(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...pageHeaders(null, []), connection: 'close', 'content-length': 0 });
  response.end();
}

/** The same for an upgrade or a broken request, where there is no response object yet. */
export function refuseRaw(socket: Duplex, status: 400 | 401 | 403 | 404 | 408 | 413 | 431 | 503): void {
  if (socket.writable)
    socket.end(`HTTP/1.1 ${status} ${phrases[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  // What the other side still sends is not read.
  socket.on('error', () => undefined);
  setTimeout(() => socket.destroy(), 200).unref();
}

/** The body as text, or null when it is larger than allowed. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const announced = Number(request.headers['content-length'] ?? '0');
  if (announced > maxBytes) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer; // no encoding is set on the request, so chunks are buffers
    size += bytes.length;
    if (size > maxBytes) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const phrases = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
} as const;
