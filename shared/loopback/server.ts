import { randomBytes as systemRandomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AnyRouter } from '@orpc/server';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Log } from '../core/ports.ts';
import type { Assets } from '../node/assets.ts';
import { answerNothing, refuseRaw } from './answer.ts';
import { createAudit } from './audit.ts';
import { agreedProtocol, cookieValues, headerToken, upgradeToken } from './credentials.ts';
import { createHandlers } from './handlers.ts';
import { defaultLimits, type LoopbackLimits } from './limits.ts';
import { pathOf, refuseRequest, type RequestFacts } from './requestGuard.ts';
import { routeOf } from './routes.ts';
import { createSessions, provesRandom, type WindowSession } from './sessions.ts';
import { closeCodes, createSocketServer } from './socket.ts';

/** What the browser host serves, and what it is lent. */
export interface LoopbackOptions {
  readonly router: AnyRouter;
  readonly context: object;
  readonly assets: Assets;
  readonly log: Log;
  /** A loopback address in digits; anything else is refused. */
  readonly host?: string;
  readonly port?: number;
  readonly limits?: Partial<LoopbackLimits>;
  readonly now?: () => number;
  readonly randomBytes?: (size: number) => Uint8Array;
}

/** A browser host that is up. */
export interface Loopback extends AsyncDisposable {
  readonly port: number;
  /** Where to open the console: holds the bootstrap code, good once and for a minute. */
  readonly url: string;
  /** A further address with a code of its own; the one before it stops working. */
  newUrl(): string;
  /** Ends every session at once and closes what it had open. */
  revokeAll(): void;
  close(): Promise<void>;
}

/** Starts the browser host on loopback. Rejects rather than start with a public address or without real secrets. */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const { log, assets } = options;
  const host = options.host ?? '127.0.0.1';
  const limits = { ...defaultLimits, ...options.limits };
  const randomBytes = options.randomBytes ?? systemRandomBytes;
  if (!isLoopback(host)) throw new Error(`Podium serves loopback addresses only, and ${host} is not one.`);
  provesRandom(randomBytes);

  const now = options.now ?? Date.now;
  const writeAudit = createAudit(log, now);
  const sockets = new Map<WebSocket, WindowSession>();
  const sessions = createSessions({ now, randomBytes, onEnd: closeSocketsOf });
  const serveSocket = createSocketServer(options.router, options.context, limits, log);
  const upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageMaxBytes,
    perMessageDeflate: false,
    handleProtocols: agreedProtocol,
  });
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    maxHeaderSize: limits.headerMaxBytes,
    insecureHTTPParser: false,
    // The guard answers that itself, in its own words and with a line in the log.
    requireHostHeader: false,
  });
  const address = await listen(server, host, options.port ?? 0);
  const { port } = address;
  // The name is not to be guessed by another local program that could set a cookie over it: cookies know no ports.
  const cookieName = `podium_${port}_${Buffer.from(randomBytes(6)).toString('hex')}`;
  const handlers = createHandlers({ assets, sessions, limits, cookieName, port, randomBytes, audit });

  server.on('request', onRequest);
  server.on('upgrade', onUpgrade);
  server.on('clientError', onClientError);
  dropOldest(server, limits.maxConnections);

  const url = newUrl();
  return { port, url, newUrl, revokeAll: sessions.endAll, close, [Symbol.asyncDispose]: close };

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refuseRequest(factsOf(request, false), port);
    if (refusal !== null) {
      audit(refusal.reason, request);
      answerNothing(response, refusal.status);
      return;
    }
    const asset =
      request.method === 'GET' || request.method === 'HEAD'
        ? assets.files.get(pathOf(request.url ?? ''))
        : undefined;
    const route = routeOf(request.method ?? '', request.url ?? '');
    if (asset !== undefined && route === null) return handlers.asset(response, asset);
    if (route?.access === 'open') {
      handlers.open(route, request, response).catch((error: unknown) => fail(error, response));
      return;
    }
    if (route === null && pathOf(request.url ?? '').startsWith('/assets/'))
      return answerNothing(response, 404);
    const session = sessionOf(request, headerToken(request.rawHeaders));
    if (session === null) {
      audit('no session', request);
      return answerNothing(response, 401);
    }
    handlers.withSession(route, session, response);
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const refusal = refuseRequest(factsOf(request, true), port);
    if (refusal !== null) return refuseUpgrade(refusal.reason, request, socket, refusal.status);
    const route = routeOf(request.method ?? '', pathOf(request.url ?? ''));
    if (route?.action !== 'socket') return refuseUpgrade('upgrade of another path', request, socket, 403);
    const session = sessionOf(request, upgradeToken(request.url ?? '', request.rawHeaders));
    if (session === null) return refuseUpgrade('upgrade without a session', request, socket, 403);
    if (sockets.size >= limits.maxSockets) return refuseUpgrade('too many windows', request, socket, 503);
    upgrader.handleUpgrade(request, socket, head, (window) => {
      sockets.set(window, session);
      window.on('close', () => {
        sockets.delete(window);
      });
      serveSocket(window);
    });
  }

  function refuseUpgrade(
    reason: string,
    request: IncomingMessage,
    socket: Duplex,
    status: 400 | 403 | 503,
  ): void {
    audit(reason, request);
    refuseRaw(socket, status);
  }

  function onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    writeAudit(`unreadable: ${error.code ?? 'unknown'}`, '', '');
    refuseRaw(socket, statusOfParserError(error.code));
  }

  function sessionOf(request: IncomingMessage, token: string | null): WindowSession | null {
    return token === null ? null : sessions.find(token, cookieValues(request.rawHeaders, cookieName));
  }

  function closeSocketsOf(session: WindowSession): void {
    for (const [socket, owner] of sockets) {
      if (owner !== session) continue;
      socket.close(closeCodes.sessionEnded, 'session ended');
      setTimeout(() => socket.terminate(), 500).unref();
    }
  }

  /** One line for each request turned away. The query is left out: whoever puts a token there gave it away already. */
  function audit(reason: string, request: IncomingMessage): void {
    writeAudit(reason, request.method ?? '', pathOf(request.url ?? ''));
  }

  function fail(error: unknown, response: ServerResponse): void {
    log.error('A request failed', { problem: error instanceof Error ? error.message : 'unknown' });
    if (!response.headersSent) answerNothing(response, 500);
  }

  function newUrl(): string {
    const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${shown}:${port}/#t=${sessions.issueCode()}`;
  }

  async function close(): Promise<void> {
    for (const socket of sockets.keys()) {
      socket.close(closeCodes.stopping, 'Podium is stopping');
      setTimeout(() => socket.terminate(), 500).unref();
    }
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

function factsOf(request: IncomingMessage, isUpgrade: boolean): RequestFacts {
  return { method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders, isUpgrade };
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(whyNotAt(port, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo; // listening on TCP, so it is neither null nor a pipe's name
  if (isLoopback(address.address)) return address;
  server.close();
  throw new Error(`Podium serves loopback addresses only, and was given ${address.address}.`);
}

function whyNotAt(port: number, error: NodeJS.ErrnoException): Error {
  const why =
    error.code === 'EADDRINUSE'
      ? 'another program listens there'
      : error.code === 'EACCES'
        ? 'this user may not listen there'
        : error.message;
  return new Error(`port ${port} cannot be had: ${why}. Choose another, or none.`, { cause: error });
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}

function dropOldest(server: Server, maxConnections: number): void {
  const waiting = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    waiting.add(socket);
    socket.once('close', () => waiting.delete(socket));
    const oldest = waiting.values().next().value;
    if (waiting.size > maxConnections && oldest !== undefined) oldest.destroy();
  });
  // A window's socket has shown its token, so it is not among those that may be dropped.
  server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => waiting.delete(socket));
}

function statusOfParserError(code: string | undefined): 400 | 408 | 431 {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}
