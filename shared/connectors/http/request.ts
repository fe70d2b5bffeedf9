import * as http from 'node:http';
import * as https from 'node:https';
import { TLSSocket } from 'node:tls';
import { createGunzip } from 'node:zlib';
import { anySignal } from '../kit/anySignal.ts';
import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, PeerRequest } from '../kit/transport.ts';
import { readShown, type ShownCertificate } from './certificateError.ts';
import { sayConnectError } from './connectError.ts';
import type { Reach } from './reach.ts';

const defaultMaxBytes = 64 * 1024 * 1024;
const defaultTimeoutMs = 15_000;
/** How Go’s servers and nginx answer those who ask for plain HTTP where they speak TLS. */
const speaksTls = /HTTP request (?:was sent )?to (?:an )?HTTPS (?:server|port)/;

/** An answer whose body is still coming. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: http.IncomingMessage;
}

/** Sends one request and reads the whole answer. Any status is an answer; throws `PeerError` when there is none. */
export async function send(reach: Reach, request: PeerRequest): Promise<PeerAnswer> {
  const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
  const time = AbortSignal.timeout(timeoutMs);
  const signal = anySignal([request.signal, time]);
  const attempt = async (fresh: boolean): Promise<PeerAnswer> => {
    const answer = await openAnswer(reach, request, signal, { encoding: 'gzip', fresh });
    const body = await readBody(answer, request.maxBytes ?? defaultMaxBytes, reach.name);
    if (answer.status === 400 && speaksTls.test(body.slice(0, 1_000)))
      throw new PeerError(
        'notThePeer',
        `${reach.name} speaks TLS and was asked without (${told(request)}). Its address begins with https:.`,
        { status: 400 },
      );
    return { status: answer.status, headers: answer.headers, body };
  };
  try {
    return await attempt(false);
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    if (time.aborted) {
      const sent = error instanceof SendError ? error.sent : true;
      throw new PeerError(
        sent ? 'unanswered' : 'unreachable',
        `${reach.name} did not ${sent ? 'answer' : 'accept a connection'} within ${Math.round(timeoutMs / 1000)} s (${told(request)}).`,
      );
    }
    if (!mayAskAgain(error, request)) throw peerErrorOf(error, reach, request);
    return await attempt(true).catch((second: unknown) => {
      throw peerErrorOf(second, reach, request);
    });
  }
}

/**
 * A kept-alive connection that the server closed just then: a read is sent again, once, and on a new connection, for the
 * others that are kept may be dead as well. A write never is.
 */
const mayAskAgain = (error: unknown, request: PeerRequest): boolean =>
  error instanceof SendError && error.reused && request.method === 'GET';

/** Closes kept-alive connections that nobody uses: after a sleep or another network they are likely dead. */
export function dropIdle(reach: Reach): void {
  const idle = Object.values(reach.agent(false).freeSockets).flatMap((sockets) => sockets ?? []);
  for (const socket of idle) socket.destroy();
}

/** Sends a request and answers as soon as the headers are there; the caller reads the body. Throws `PeerError`. */
export async function openStream(reach: Reach, request: PeerRequest): Promise<OpenAnswer> {
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(), request.timeoutMs ?? 30_000);
  const signal = anySignal([request.signal, time.signal]);
  const attempt = (fresh: boolean): Promise<OpenAnswer> =>
    openAnswer(reach, request, signal, { encoding: 'identity', fresh });
  try {
    return await attempt(false).catch((error: unknown) => {
      if (signal.aborted || !mayAskAgain(error, request)) throw error;
      return attempt(true);
    });
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    if (time.signal.aborted)
      throw new PeerError('unanswered', `${reach.name} did not answer within 30 s (${told(request)}).`);
    throw peerErrorOf(error, reach, request);
  } finally {
    clearTimeout(timer);
  }
}

class SendError extends Error {
  readonly sent: boolean;
  readonly reused: boolean;
  readonly shown: ShownCertificate | null;
  constructor(cause: unknown, sent: boolean, reused: boolean, shown: ShownCertificate | null = null) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.sent = sent;
    this.reused = reused;
    this.shown = shown;
  }
}

async function openAnswer(
  reach: Reach,
  request: PeerRequest,
  signal: AbortSignal,
  { encoding, fresh }: { readonly encoding: 'gzip' | 'identity'; readonly fresh: boolean },
): Promise<OpenAnswer> {
  const own = fresh || request.method !== 'GET';
  const login = await reach.headers();
  const body = request.body === undefined ? null : Buffer.from(request.body);
  const options: https.RequestOptions = {
    method: request.method,
    host: reach.server.hostname.replace(/^\[|\]$/g, ''),
    port: reach.server.port || (reach.server.protocol === 'http:' ? 80 : 443),
    path: reach.server.pathname.replace(/\/$/, '') + request.path,
    agent: reach.agent(own),
    signal,
    headers: {
      accept: 'application/json',
      'accept-encoding': encoding,
      'user-agent': 'podium',
      ...request.headers,
      ...login,
      ...(body === null ? {} : { 'content-length': String(body.length) }),
    },
  };
  return await new Promise((resolve, reject) => {
    let sent = false;
    let shown: ShownCertificate | null = null;
    const out = (reach.server.protocol === 'http:' ? http : https).request(options);
    out.once('finish', () => (sent = true));
    out.once('socket', (socket) => {
      // Before the certificate is checked: a connection that is turned away for it remembers none. One that is used again was
      // not turned away, and would gather a listener with each request.
      if (socket instanceof TLSSocket && !out.reusedSocket)
        socket.prependOnceListener('secure', () => (shown = readShown(socket.getPeerCertificate())));
    });
    out.once('response', (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: plain(answer.headers), body: answer });
    });
    // Answers of a refused upgrade or of a proxy come here too, once the promise is settled it hears nothing more.
    out.on('error', (error) => reject(new SendError(error, sent, out.reusedSocket, shown)));
    out.end(body ?? undefined);
  });
}

async function readBody(answer: OpenAnswer, maxBytes: number, who: string): Promise<string> {
  const packed = answer.headers['content-encoding'] === 'gzip';
  const source = packed ? answer.body.pipe(createGunzip()) : answer.body;
  if (packed) answer.body.once('error', (error) => source.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of source) {
      const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      length += bytes.length;
      if (length > maxBytes) {
        throw new PeerError(
          'tooLarge',
          `The answer of ${who} is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB.`,
        );
      }
      chunks.push(bytes);
    }
  } catch (error) {
    answer.body.destroy();
    throw error instanceof PeerError ? error : new SendError(error, true, false);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

function peerErrorOf(error: unknown, reach: Reach, request: PeerRequest): unknown {
  if (error instanceof PeerError) return error;
  if (!(error instanceof SendError)) return error;
  const cause = error.cause;
  if (error.sent)
    return new PeerError(
      'unanswered',
      `The connection to ${reach.name} was lost before its answer was complete (${told(request)}).`,
      { cause },
    );
  return new PeerError('unreachable', sayConnectError(cause, reach.name, error.shown), { cause });
}

function plain(headers: http.IncomingHttpHeaders): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) all[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return all;
}

const told = (request: PeerRequest): string => `${request.method} ${request.path.split('?')[0] ?? ''}`;
