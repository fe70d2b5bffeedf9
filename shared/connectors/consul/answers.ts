import { PeerError, type PeerErrorKind } from '../kit/peerError.ts';
import type { PeerAnswer } from '../kit/transport.ts';

/** What Consul says beside the body of a read. */
export interface Meta {
  /** `X-Consul-Index`, with every digit; null where the answer has none. */
  readonly index: bigint | null;
  /** False where the answering server knows of no leader; null where that cannot be told. */
  readonly knownLeader: boolean | null;
  /** Results were left out because the token may not see them. */
  readonly filteredByAcls: boolean;
}

export interface Answer {
  readonly body: unknown;
  readonly meta: Meta;
}

/**
 * JSON of Consul. Its indexes and hashes are 64-bit integers, which a double rounds: those that it cannot hold come as text,
 * so that a fence keeps every digit.
 */
export function parseExact(text: string): unknown {
  // The third argument is younger than the library's types.
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  return parse(text, (_key, value, { source }) =>
    typeof value === 'number' &&
    source !== undefined &&
    /^-?\d+$/.test(source) &&
    !Number.isSafeInteger(value)
      ? source
      : value,
  );
}

/** The JSON of a good answer. Throws `PeerError` for anything else. */
export function readAnswer(answer: PeerAnswer, route: string, tried: string): Answer {
  if (answer.status < 200 || answer.status >= 300) throw errorOf(answer, route, tried);
  let body: unknown;
  try {
    body = parseExact(answer.body);
  } catch {
    throw notConsul(answer, route, tried);
  }
  return { body, meta: metaOf(answer) };
}

/** What a refusal of Consul's means: its text is plain, its status often 500 where a rule was broken. */
export function errorOf(answer: PeerAnswer, route: string, tried: string, writing = false): PeerError {
  const text = answer.body.trim();
  if (/^<(!doctype|html)/i.test(text)) return notConsul(answer, route, tried);
  const said = text === '' ? `status ${answer.status}` : `${withoutSecrets(text)} (${answer.status})`;
  const kind = kindOf(answer.status, text, writing);
  const advice =
    kind === 'unauthenticated' ? ' Consul does not know this token: it is wrong, expired or deleted.' : '';
  return new PeerError(kind, `${tried} ${route}: ${said}.${advice}`, {
    status: answer.status,
    retryAfterSeconds: retryAfter(answer),
  });
}

/** A write's answer is its body: a compare-and-set that is refused comes as 200 and `false`. */
export function readBoolean(answer: PeerAnswer, route: string, tried: string): boolean {
  if (answer.status < 200 || answer.status >= 300) throw errorOf(answer, route, tried, true);
  const text = answer.body.trim();
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw notConsul(answer, route, tried);
}

/** Whether a transaction was taken as a whole. One that was not says in its body which of its parts it was for. */
export function readTransaction(answer: PeerAnswer, route: string): boolean {
  const tried = 'Changing keys';
  const body = transactionIn(answer.body);
  const errors = Array.isArray(body?.Errors) ? (body.Errors as { readonly What?: unknown }[]) : [];
  if (errors.some(({ What }) => typeof What === 'string' && /index is stale|invalid index/i.test(What)))
    return false;
  const [first] = errors;
  if (first !== undefined) {
    const said = typeof first.What === 'string' ? first.What : 'it does not say why';
    // What a token may not do comes as a conflict too.
    const status = /permission denied/i.test(said) ? 403 : answer.status;
    throw errorOf({ ...answer, status, body: said }, route, tried, true);
  }
  if (answer.status !== 200) throw errorOf(answer, route, tried, true);
  if (!Array.isArray(body?.Results)) throw notConsul(answer, route, tried);
  return true;
}

interface Transaction {
  readonly Results?: unknown;
  readonly Errors?: unknown;
}

/** Null for plain text, which a refusal by status is. */
function transactionIn(text: string): Transaction | null {
  try {
    return JSON.parse(text) as Transaction | null;
  } catch {
    return null;
  }
}

function metaOf({ headers }: PeerAnswer): Meta {
  const index = headers['x-consul-index'] ?? '';
  // Answers from the streaming cache say "false" although there is a leader.
  const streamed = headers['x-consul-query-backend'] === 'streaming';
  const leader = headers['x-consul-knownleader'];
  return {
    index: /^\d+$/.test(index) ? BigInt(index) : null,
    knownLeader: streamed || leader === undefined ? null : leader === 'true',
    filteredByAcls: headers['x-consul-results-filtered-by-acls'] === 'true',
  };
}

function kindOf(status: number, text: string, writing: boolean): PeerErrorKind {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return /ACL not found/i.test(text) ? 'unauthenticated' : 'forbidden';
    case 404:
      return 'notFound';
    case 413:
      return 'tooLarge';
    case 429:
    case 503:
      return 'busy';
    default:
      if (status >= 400 && status < 500) return 'refused';
      // Broken rules of config entries are answered with 500 and the rule; trouble within the cluster looks otherwise.
      return writing && status === 500 && !trouble.test(text) ? 'refused' : 'broken';
  }
}

const trouble =
  /no cluster leader|leadership|rpc error getting client|i\/o timeout|timed out|EOF|connection re(fused|set)|raft/i;

function retryAfter({ headers }: PeerAnswer): number | null {
  const text = headers['retry-after'] ?? '';
  return /^\d+$/.test(text.trim()) ? Math.min(Number(text), 60) : null;
}

/** "token with AccessorID '…'" is no secret, but nobody needs it; a secret id never belongs into a message. */
const withoutSecrets = (text: string): string =>
  text
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '…')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300);

function notConsul(answer: PeerAnswer, route: string, tried: string): PeerError {
  const type = (answer.headers['content-type'] ?? 'no content type').split(';')[0] ?? '';
  return new PeerError(
    'notThePeer',
    `What answers ${route} is not Consul: ${tried} got ${answer.status} with ${type}. Is a login page or a proxy in between?`,
    { status: answer.status },
  );
}
