import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** One line of Chromium's DevTools protocol: of the browser as a whole, or of one page. Events are emitted by their names. */
export interface CdpSession extends EventEmitter {
  send<T = Record<string, never>>(method: string, params?: object): Promise<T>;
}

/** Chromium's end of the protocol. */
export interface CdpConnection {
  readonly root: CdpSession;
  session(id: string): CdpSession;
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Speaks the protocol over a pair of pipes, on which each message ends with a zero byte. */
export function connectCdp(to: Writable, from: Readable): CdpConnection {
  const sessions = new Map<string, CdpSession>();
  const waiting = new Map<number, (answer: Message) => void>();
  const root = createSession(undefined);
  let count = 0;
  let pieces: Buffer[] = [];

  // Whoever writes to a browser that has gone hears of its end elsewhere.
  to.on('error', () => undefined);
  from.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
      const text = Buffer.concat([...pieces, chunk.subarray(start, end)]).toString('utf8');
      pieces = [];
      start = end + 1;
      hear(JSON.parse(text) as Message);
    }
    pieces.push(chunk.subarray(start));
  });

  return { root, session };

  function session(id: string): CdpSession {
    const known = sessions.get(id) ?? createSession(id);
    sessions.set(id, known);
    return known;
  }

  function hear(message: Message): void {
    if (message.id !== undefined) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
      return;
    }
    const owner = message.sessionId === undefined ? root : sessions.get(message.sessionId);
    owner?.emit(message.method ?? '', message.params);
  }

  function createSession(sessionId: string | undefined): CdpSession {
    return Object.assign(new EventEmitter(), {
      send<T>(method: string, params: object = {}): Promise<T> {
        count += 1;
        const id = count;
        return new Promise((resolve, reject) => {
          waiting.set(id, ({ error, result }) => {
            if (error === undefined) resolve(result as T);
            else reject(new Error(`${method}: ${error.message}`));
          });
          to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        });
      },
    });
  }
}
