import { PeerError, type PeerErrorKind } from '../kit/peerError.ts';
import type { PeerAnswer } from '../kit/transport.ts';
import { at, textAt } from './objects.ts';

const longestWaitSeconds = 60;

/** The JSON of a good answer. Throws `PeerError` for anything else: a login page with 200 is not an empty list. */
export function readJson(answer: PeerAnswer, server: string, tried: string): unknown {
  if (answer.status >= 200 && answer.status < 300) {
    const value = parse(answer);
    if (value === undefined) throw notThePeer(answer, server, tried);
    return value;
  }
  throw errorOf(answer, server, tried);
}

/** What a refusal means, from its status and its `Status` body. */
export function errorOf(answer: PeerAnswer, server: string, tried: string): PeerError {
  if (answer.status >= 300 && answer.status < 400) return notThePeer(answer, server, tried);
  const body = parse(answer);
  const isStatus = textAt(body, 'kind') === 'Status';
  if (body === undefined && looksLikeHtml(answer)) return notThePeer(answer, server, tried);
  const words = isStatus ? textAt(body, 'message') : null;
  return new PeerError(kindOf(answer.status), sentence(answer.status, words, tried, server), {
    status: answer.status,
    retryAfterSeconds: retryAfter(answer, body),
  });
}

/** What an ERROR event of a watch means; its object is a `Status`. */
export function errorOfStatus(status: unknown, server: string, tried: string): PeerError {
  const code = at(status, 'code');
  const number = typeof code === 'number' ? code : 500;
  return new PeerError(kindOf(number), sentence(number, textAt(status, 'message'), tried, server), {
    status: number,
    retryAfterSeconds: retryAfter({ headers: {} }, status),
  });
}

/** Says that something else answered. */
export function notThePeer(
  answer: Pick<PeerAnswer, 'status' | 'headers'>,
  server: string,
  tried: string,
): PeerError {
  const type = answer.headers['content-type'] ?? 'no content type';
  const what =
    answer.status >= 300 && answer.status < 400
      ? `a redirect (${answer.status})`
      : `${answer.status} with ${type.split(';')[0] ?? type}`;
  return new PeerError(
    'notThePeer',
    `What answers at ${server} is not a Kubernetes API: ${tried} got ${what}. Is a login page or a proxy in between?`,
    { status: answer.status },
  );
}

function sentence(status: number, words: string | null, tried: string, server: string): string {
  const said = words === null || words === '' ? `status ${status}` : `${withoutObjects(words)} (${status})`;
  switch (status) {
    case 401:
      return `${server} does not accept these credentials (401): the token or certificate is wrong or has expired. Log in again.`;
    case 403:
      return `${tried}: not allowed. ${said}`;
    default:
      return `${tried}: ${said}`;
  }
}

/**
 * A patch that does not fit is answered with the whole object before the reason. It hides the reason, and could hold what
 * nobody should read in an error.
 */
const withoutObjects = (words: string): string =>
  words.replaceAll(/Invalid value: "(?:[^"\\]|\\.){100,}"/gs, 'Invalid value');

function kindOf(status: number): PeerErrorKind {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 409:
      return 'conflict';
    case 413:
      return 'tooLarge';
    case 429:
    case 503:
      return 'busy';
    default:
      return status >= 400 && status < 500 ? 'refused' : 'broken';
  }
}

/** Retry-After as seconds or date, capped; the `Status` may say it too. Nonsense counts as not said. */
function retryAfter(answer: Pick<PeerAnswer, 'headers'>, body: unknown): number | null {
  const text = answer.headers['retry-after'];
  const inBody = at(body, 'details', 'retryAfterSeconds');
  const seconds =
    text === undefined
      ? typeof inBody === 'number' && inBody > 0
        ? inBody
        : null
      : /^\d+$/.test(text.trim())
        ? Number(text)
        : secondsUntil(text);
  return seconds === null ? null : Math.min(Math.max(seconds, 0), longestWaitSeconds);
}

function secondsUntil(text: string): number | null {
  // Only the HTTP form: Date.parse takes "-5" for a year.
  if (!/^[A-Z][a-z]{2}, /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isFinite(at) ? Math.ceil((at - Date.now()) / 1000) : null;
}

function parse(answer: PeerAnswer): unknown {
  const start = answer.body.slice(0, 64).trimStart()[0];
  if (start !== '{' && start !== '[') return undefined;
  try {
    const value: unknown = JSON.parse(answer.body);
    return value;
  } catch {
    return undefined;
  }
}

const looksLikeHtml = (answer: PeerAnswer): boolean =>
  /html/i.test(answer.headers['content-type'] ?? '') ||
  /^\s*<(!doctype|html)/i.test(answer.body.slice(0, 200));
