import { connect, type Socket } from 'node:net';
import { os } from '@orpc/server';
import { WebSocket } from 'ws';
import type { Log } from '../../shared/core/ports.ts';
import { startLoopback, type Loopback, type LoopbackOptions } from '../../shared/loopback/server.ts';

/** A started browser host around a router that counts what it was made to do. */
export interface Rig extends AsyncDisposable {
  readonly loopback: Loopback;
  readonly port: number;
  readonly origin: string;
  /** How often a write got through: the cluster that must stay as it is. */
  writes(): number;
  readonly logLines: readonly string[];
  code(): string;
}

export async function startRig(options: Partial<LoopbackOptions> = {}): Promise<Rig> {
  let writes = 0;
  const logLines: string[] = [];
  const keep = (message: string, fields: object = {}) =>
    void logLines.push(JSON.stringify({ message, ...fields }));
  const log: Log = { info: keep, warn: keep, error: keep };
  const router = createRouter(() => ++writes);
  const script = { type: 'text/javascript; charset=utf-8', body: Buffer.from('export {};') };
  const assets = {
    page: '<!doctype html><meta property="csp-nonce" nonce="__PODIUM_NONCE__"><div id="root"></div>',
    files: new Map([['/assets/main-1.js', script]]),
  };
  const loopback = await startLoopback({ router, context: {}, assets, log, ...options });
  return {
    loopback,
    port: loopback.port,
    origin: `http://127.0.0.1:${loopback.port}`,
    writes: () => writes,
    logLines,
    code: () => codeIn(loopback.newUrl()),
    [Symbol.asyncDispose]: () => loopback.close(),
  };
}

/** The procedures of the small console behind the rig. */
export type RigRouter = ReturnType<typeof createRouter>;

function createRouter(write: () => number) {
  return {
    ping: os.handler(() => 'pong'),
    shop: { write: os.handler(write) },
    flood: os.handler(async function* () {
      for (;;) yield await Promise.resolve('x'.repeat(64 * 1024));
    }),
    ticks: os.handler(async function* ({ signal }) {
      for (let tick = 0; signal?.aborted !== true; tick += 1) {
        yield tick;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }),
  };
}

export function codeIn(url: string): string {
  return new URLSearchParams(new URL(url).hash.slice(1)).get('t') ?? '';
}

/** What a signed-in window holds. */
export interface SignedIn {
  readonly token: string;
  readonly cookie: string;
}

export async function signIn(rig: Rig): Promise<SignedIn> {
  const answer = await postCode(rig, rig.code());
  const body = JSON.parse(answer.body) as { token: string };
  return { token: body.token, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

export function postCode(rig: Rig, code: string): Promise<RawAnswer> {
  return ask(rig, 'POST', '/session', {
    headers: { origin: rig.origin, 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly text: string;
}

export interface AskOptions {
  readonly host?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request written by hand, so that nothing between the test and the wire tidies it. */
export function ask(rig: Rig, method: string, target: string, options: AskOptions = {}): Promise<RawAnswer> {
  const { host = `127.0.0.1:${rig.port}`, headers = {}, body = '' } = options;
  const lines = [`${method} ${target} HTTP/1.1`];
  if (host !== null) lines.push(`Host: ${host}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return sendRaw(rig.port, `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
}

/** Writes bytes and reads until the server closes. */
export function sendRaw(port: number, bytes: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    // A server that closes while we still write resets the connection; what it said before counts.
    socket.on('error', (error) => (text === '' ? reject(error) : undefined));
    socket.on('close', () => resolve(parseAnswer(text)));
  });
}

function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n'), text };
}

/** What came of an upgrade. */
export type Upgraded =
  | { readonly kind: 'open'; readonly socket: WebSocket }
  | { readonly kind: 'refused'; readonly status: number };

export interface UpgradeOptions {
  readonly path?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a WebSocket as a window would; `headers` adds to or, with an own Origin, replaces the right ones. */
export function upgrade(rig: Rig, signedIn: SignedIn, options: UpgradeOptions = {}): Promise<Upgraded> {
  const protocols = options.protocols ?? ['podium', `podium.token.${signedIn.token}`];
  const headers = { origin: rig.origin, cookie: signedIn.cookie, ...options.headers };
  const socket = new WebSocket(`ws://127.0.0.1:${rig.port}${options.path ?? '/rpc'}`, [...protocols], {
    headers,
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ kind: 'open', socket }));
    socket.on('unexpected-response', (_request, response) => {
      resolve({ kind: 'refused', status: response.statusCode ?? 0 });
      response.destroy();
    });
    socket.on('error', reject);
  });
}

/** The same where nothing but an open socket will do. */
export async function openSocket(rig: Rig, signedIn: SignedIn): Promise<WebSocket> {
  const upgraded = await upgrade(rig, signedIn);
  if (upgraded.kind === 'refused') throw new Error(`The upgrade was refused with ${upgraded.status}.`);
  return upgraded.socket;
}

/** Idle connections that never say a thing. */
export async function openIdle(port: number, count: number): Promise<readonly Socket[]> {
  const opened = Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    return new Promise<Socket>((resolve) => socket.once('connect', () => resolve(socket)));
  });
  return Promise.all(opened);
}
