import { z } from 'zod';
import { PeerError, type PeerErrorKind } from '../kit/peerError.ts';
import type { PeerAnswer } from '../kit/transport.ts';

// Every answer of the v2 and v3 API comes in this envelope (Open API manual, “unified return body format”).
const Envelope = z.object({
  code: z.number().int(),
  message: z.string().nullish(),
  data: z.unknown(),
});

/** Codes that mean something to us (Open API manual, “API error codes”). */
const kinds: ReadonlyMap<number, PeerErrorKind> = new Map([
  [10000, 'refused'],
  [10001, 'forbidden'],
  [20001, 'refused'],
  [20002, 'refused'],
  [20003, 'refused'],
  [20004, 'notFound'],
  // A fence that moved comes as HTTP 500 with this code, and with 409 nowhere.
  [20005, 'conflict'],
  [20008, 'forbidden'],
  [20009, 'refused'],
  [21000, 'refused'],
  [21001, 'refused'],
  [21002, 'refused'],
  [21003, 'notFound'],
  [21004, 'refused'],
  [21008, 'notFound'],
  [22000, 'refused'],
  [22001, 'notFound'],
]);

const mostWords = 200;

/** What is in the envelope. Throws `PeerError` for any answer that is not a success, whatever its HTTP status says. */
export function dataOf(answer: PeerAnswer, tried: string, route: string): unknown {
  const envelope = Envelope.safeParse(jsonOf(answer, tried, route)).data;
  if (envelope === undefined)
    throw new PeerError('notThePeer', `${tried} ${route}: the answer is not shaped as Nacos’ should be.`);
  // Nacos 1 and the console answer 200 where the others answer 0.
  if (envelope.code !== 0 && envelope.code !== 200) throw errorOf(answer, tried, route);
  return envelope.data;
}

/** JSON without an envelope, as the older API has it. */
export function jsonOf(answer: PeerAnswer, tried: string, route: string): unknown {
  if (answer.status < 200 || answer.status >= 300) throw errorOf(answer, tried, route);
  try {
    return JSON.parse(answer.body);
  } catch (cause) {
    throw new PeerError('notThePeer', `${tried} ${route}: the answer is not JSON; is this Nacos’ API?`, {
      cause,
    });
  }
}

/** An answer that is no success, in words. What the server says of it is quoted, short and plain. */
export function errorOf(answer: PeerAnswer, tried: string, route: string): PeerError {
  const { status } = answer;
  const { code, words } = saidIn(answer.body);
  const kind =
    (code === null ? undefined : kinds.get(code)) ??
    (/md5 may have changed/i.test(words) ? 'conflict' : kindOf(answer));
  const said = words === '' ? 'it does not say why' : `it says “${words}”`;
  const numbers = code === null || code === status ? `${status}` : `${status}, code ${code}`;
  return new PeerError(
    kind,
    `${tried} ${route}: ${meaning[kind] ?? said} (${numbers}).${tail(kind, words)}`,
    {
      status,
    },
  );
}

const meaning: Partial<Readonly<Record<PeerErrorKind, string>>> = {
  unauthenticated: 'it asks for a user and a password, or for others than were given',
  forbidden: 'this user may not do that, or is not known',
  notFound: 'there is none',
  conflict: 'someone else changed it meanwhile',
  busy: 'it is busy',
  notThePeer: 'what answers is not Nacos’ API',
};

const tail = (kind: PeerErrorKind, words: string): string =>
  meaning[kind] === undefined || kind === 'notThePeer' || words === '' ? '' : ` It says “${words}”.`;

function kindOf({ status, headers }: PeerAnswer): PeerErrorKind {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 409:
      return 'conflict';
    case 429:
    case 503:
      return 'busy';
    default:
      if ((headers['content-type'] ?? '').includes('text/html')) return 'notThePeer';
      return status >= 400 && status < 500 ? 'refused' : 'broken';
  }
}

/** The code and the words of an error: an envelope's, Spring's, or the plain text of the older API. */
function saidIn(body: string): { readonly code: number | null; readonly words: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { code: null, words: /^\s*</.test(body) ? '' : plain(body) };
  }
  const { data } = Envelope.safeParse(parsed);
  if (data !== undefined) {
    const more = typeof data.data === 'string' && data.data !== data.message ? `: ${data.data}` : '';
    return { code: data.code, words: plain(`${data.message ?? ''}${more}`) };
  }
  const message = z.object({ message: z.string() }).safeParse(parsed).data?.message;
  return { code: null, words: plain(message ?? '') };
}

function plain(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return line.length > mostWords ? `${line.slice(0, mostWords - 1)}…` : line;
}
