/** What went wrong with a peer, sorted by what the console can do about it. */
export type PeerErrorKind =
  | 'unreachable' // nothing answered: refused, DNS, TLS, time-out before sending
  | 'unanswered' // sent, and no answer came: it may or may not have been done
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'notFound' // 404
  | 'conflict' // the fence moved: 409, or a failed `test`
  | 'refused' // the peer says no: validation, webhook, 400/422
  | 'busy' // 429, 503
  | 'tooLarge' // the answer grew past what we accept
  | 'notThePeer' // HTML or another product answered
  | 'broken'; // 5xx, nonsense, or taken and not in force

/** After these a write may have been done all the same: a proxy or the peer failed on the way back, or holds something else now. */
export const maybeDoneKinds: ReadonlySet<PeerErrorKind> = new Set([
  'unanswered',
  'broken',
  'busy',
  'notThePeer',
  'tooLarge',
]);

/**
 * An error in words an operator can act on. `message` says what was tried, what came back and what to do; it is plain text
 * of at most 600 characters and holds no credentials.
 */
export class PeerError extends Error {
  override readonly name = 'PeerError';
  readonly kind: PeerErrorKind;
  readonly status: number | null;
  /** Seconds the peer asked to wait, already capped at 60. */
  readonly retryAfterSeconds: number | null;

  constructor(
    kind: PeerErrorKind,
    message: string,
    more: { status?: number | null; retryAfterSeconds?: number | null; cause?: unknown } = {},
  ) {
    super(message.length > 600 ? `${message.slice(0, 599)}…` : message, { cause: more.cause });
    this.kind = kind;
    this.status = more.status ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
  }
}

/** Its message if it is a `PeerError`, else a plain sentence about what was tried. */
export function sayError(error: unknown, tried: string): string {
  if (error instanceof PeerError) return error.message;
  if (error instanceof Error) return `${tried}: ${error.message}`;
  return `${tried}: ${String(error)}`;
}
