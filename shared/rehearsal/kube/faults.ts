import type { Webhook } from './admission.ts';
import { type Reply, sendJson, sendText } from './reply.ts';
import { statusOfCode } from './status.ts';
import type { Cut, OpenWatch, WatchRegister } from './watch.ts';

/** A request as a fault's predicate sees it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** `list`, `watch`, `patch` …; empty for what is not about objects. */
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
  /** Epoch ms. */
  readonly at: number;
}

/** What goes wrong with a request. */
export type FaultEffect =
  /** Refused before anything is done. `retryAfter` goes into the header as it is, sense or not. */
  | {
      readonly kind: 'answer';
      readonly code: number;
      readonly retryAfter?: string;
      readonly message?: string;
    }
  /** Taken and never answered. */
  | { readonly kind: 'stall' }
  /** The connection is reset and nothing is done. */
  | { readonly kind: 'reset' }
  /** The answer begins so much later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Done, write included, and the connection reset before a byte of the answer. */
  | { readonly kind: 'dropAfterApply' }
  /** A sign-in page with 200, as a captive portal gives it. */
  | { readonly kind: 'html' }
  /** The answer breaks off after so many bytes of its body. */
  | { readonly kind: 'cutBody'; readonly afterBytes: number; readonly how: 'end' | 'reset' }
  /** The answer comes one byte at a time. */
  | { readonly kind: 'drip' }
  /** Lines end with CR LF. */
  | { readonly kind: 'crlf' }
  /** 200, no event, closed: some servers end watches of too old a revision like this. */
  | { readonly kind: 'emptyWatch' }
  /** 200, and then nothing, not even the end. */
  | { readonly kind: 'silentWatch' }
  /** 200, then one ERROR event with this code, as a watch of too old a revision gets it. */
  | { readonly kind: 'watchError'; readonly code: number; readonly message?: string }
  /** 200, then these events, true or not, and the end. */
  | {
      readonly kind: 'watchEvents';
      readonly events: readonly { readonly type: string; readonly object: unknown }[];
    };

/** The handle by which tests and incidents break things. Nothing of it can be reached over the wire. */
export interface KubeFaults {
  /** The next `times` requests that match suffer the effect; gives back what takes the fault away. */
  add(effect: FaultEffect, matches?: (request: SeenRequest) => boolean, times?: number): () => void;
  /** Breaks open watches: all, or those that match. Gives back how many. */
  cutWatches(how: Cut, matches?: (watch: OpenWatch) => boolean): number;
  /** Open watches fall silent for good, as behind a connection that is dead without saying so. Gives back how many. */
  silenceWatches(matches?: (watch: OpenWatch) => boolean): number;
  /** Puts an event into open watches, true or not: doubled, late, out of order. Gives back how many were told. */
  lie(type: string, object: unknown, matches?: (watch: OpenWatch) => boolean): number;
  readonly openWatches: ReadonlySet<OpenWatch>;
  /** How the mesh's validating webhook behaves from now on. */
  webhook: Webhook;
  /** Takes away all faults that wait; what is cut or silent stays so. */
  clear(): void;
}

interface Waiting {
  readonly effect: FaultEffect;
  readonly matches: (request: SeenRequest) => boolean;
  left: number;
}

/** The faults of one server, and `take`, by which the server asks what a request must suffer. */
export function createFaults(watches: WatchRegister): {
  faults: KubeFaults;
  take(request: SeenRequest): FaultEffect | undefined;
} {
  let waiting: Waiting[] = [];
  const each = (matches: (watch: OpenWatch) => boolean, act: (watch: OpenWatch) => void): number => {
    const chosen = [...watches].filter(matches);
    chosen.forEach(act);
    return chosen.length;
  };
  return {
    faults: {
      add(effect, matches = () => true, times = 1) {
        const entry: Waiting = { effect, matches, left: times };
        waiting.push(entry);
        return () => void (waiting = waiting.filter((other) => other !== entry));
      },
      cutWatches: (how, matches = () => true) => each(matches, (watch) => watch.cut(how)),
      silenceWatches: (matches = () => true) => each(matches, (watch) => watch.silence()),
      lie: (type, object, matches = () => true) => each(matches, (watch) => watch.say(type, object)),
      openWatches: watches,
      webhook: 'answering',
      clear: () => void (waiting = []),
    },
    take(request) {
      const hit = waiting.find((entry) => entry.left > 0 && entry.matches(request));
      if (hit === undefined) return undefined;
      hit.left -= 1;
      if (hit.left <= 0) waiting = waiting.filter((entry) => entry !== hit);
      return hit.effect;
    },
  };
}

/** Answers instead of the server, or says through which reply the server shall answer. */
export function suffer(
  effect: FaultEffect,
  reply: Reply,
): { readonly answered: true } | { readonly through: Reply } {
  switch (effect.kind) {
    case 'answer': {
      const headers = effect.retryAfter === undefined ? {} : { 'retry-after': effect.retryAfter };
      sendJson(reply, effect.code, statusOfCode(effect.code, effect.message), { headers });
      return { answered: true };
    }
    case 'stall':
      return { answered: true };
    case 'reset':
      reply.reset();
      return { answered: true };
    case 'slow':
      return { through: delayed(reply, effect.ms) };
    case 'html':
      sendText(
        reply,
        200,
        '<!doctype html><title>Sign in</title><p>Sign in to use this network.',
        'text/html',
      );
      return { answered: true };
    case 'emptyWatch':
      streamed(reply, []);
      return { answered: true };
    case 'silentWatch':
      reply.start(200, { 'content-type': 'application/json' });
      return { answered: true };
    case 'watchError':
      streamed(reply, [{ type: 'ERROR', object: statusOfCode(effect.code, effect.message) }]);
      return { answered: true };
    case 'watchEvents':
      streamed(reply, effect.events);
      return { answered: true };
    case 'dropAfterApply':
      return {
        through: { ...reply, start: () => reply.reset(), write: () => undefined, end: () => undefined },
      };
    case 'cutBody':
      return { through: cutting(reply, effect.afterBytes, effect.how) };
    case 'drip':
      return { through: dripping(reply) };
    case 'crlf':
      return {
        through: { ...reply, start: startChunked(reply), write: (chunk) => reply.write(withCrLf(chunk)) },
      };
  }
}

/** A watch that begins, says this and ends. */
function streamed(reply: Reply, events: readonly object[]): void {
  reply.start(200, { 'content-type': 'application/json' });
  for (const event of events) reply.write(`${JSON.stringify(event)}\n`);
  reply.end();
}

const withCrLf = (chunk: string | Uint8Array): string =>
  Buffer.from(chunk).toString().replaceAll('\n', '\r\n');

/** Without its length, so that what follows may be shorter or longer. */
const startChunked =
  (reply: Reply): Reply['start'] =>
  (code, { 'content-length': _length, ...headers }) =>
    reply.start(code, headers);

function cutting(reply: Reply, afterBytes: number, how: 'end' | 'reset'): Reply {
  let left = afterBytes;
  let done = false;
  return {
    ...reply,
    // A cut with "end" is an answer that claims to be complete; with "reset" the client sees the break.
    start: how === 'end' ? startChunked(reply) : reply.start,
    write(chunk) {
      if (done) return;
      const bytes = Buffer.from(chunk);
      reply.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left > 0) return;
      done = true;
      if (how === 'end') reply.end();
      // One turn later, so that the bytes before the cut are on their way.
      else setTimeout(() => reply.reset(), 20);
    },
    end: () => (done ? undefined : reply.end()),
  };
}

function delayed(reply: Reply, ms: number): Reply {
  let sent: Promise<void> = new Promise((resolve) => setTimeout(resolve, ms));
  const later = (act: () => void): void => void (sent = sent.then(act));
  return {
    ...reply,
    start: (...begun) => later(() => reply.start(...begun)),
    write: (chunk) => later(() => reply.write(chunk)),
    end: () => later(() => reply.end()),
  };
}

function dripping(reply: Reply): Reply {
  let sent: Promise<void> = Promise.resolve();
  const later = (act: () => void | Promise<void>): void => void (sent = sent.then(act));
  return {
    ...reply,
    write: (chunk) =>
      later(async () => {
        for (const byte of Buffer.from(chunk)) {
          if (reply.closed.aborted) return;
          reply.write(Uint8Array.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    end: () => later(() => reply.end()),
  };
}
