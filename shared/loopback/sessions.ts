import { createHash, timingSafeEqual } from 'node:crypto';

const secretBytes = 32;
const codeLifeMs = 60_000;
const sessionIdleMs = 12 * 60 * 60_000;
const freeFailures = 5;
const failuresThatBurnTheCode = 20;
const lockoutStartMs = 1_000;
const lockoutMaxMs = 60_000;
const maxSessions = 16;

/** One signed-in window. The secrets themselves are not kept, only their digests. */
export interface WindowSession {
  readonly id: number;
  readonly tokenDigest: Buffer;
  readonly cookieDigest: Buffer;
  lastUsedAt: number;
}

/** What a bootstrap code was worth. */
export type Redeemed =
  | {
      readonly kind: 'opened';
      readonly token: string;
      readonly cookie: string;
      readonly session: WindowSession;
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'locked'; readonly retryAfterMs: number };

/** What sessions are made from; both are lent, so that a test can hold the time still. */
export interface SessionSources {
  readonly now: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly onEnd: (session: WindowSession) => void;
}

export type Sessions = ReturnType<typeof createSessions>;

/** Bootstrap codes, the sessions they open, and the lockout that guessing runs into. Nothing outlives the process. */
export function createSessions({ now, randomBytes, onEnd }: SessionSources) {
  const live = new Map<number, WindowSession>();
  const lockout = createLockout(now);
  let code: { readonly digest: Buffer; readonly expiresAt: number } | null = null;
  let lastId = 0;

  return {
    /** A new code, good once and for a minute; the one before it dies. Throws when the machine has no randomness. */
    issueCode(): string {
      const secret = newSecret(randomBytes);
      code = { digest: digestOf(secret), expiresAt: now() + codeLifeMs };
      lockout.pardon();
      return secret;
    },

    redeem(given: string): Redeemed {
      const retryAfterMs = lockout.remainingMs();
      if (retryAfterMs > 0) return { kind: 'locked', retryAfterMs };
      const isRight = timingSafeEqual(digestOf(given), code?.digest ?? digestOf(''));
      if (code === null || !isRight || now() >= code.expiresAt) {
        if (lockout.fail() >= failuresThatBurnTheCode) code = null;
        return { kind: 'refused' };
      }
      code = null;
      lockout.pardon();
      const token = newSecret(randomBytes);
      const cookie = newSecret(randomBytes);
      const session = {
        id: ++lastId,
        tokenDigest: digestOf(token),
        cookieDigest: digestOf(cookie),
        lastUsedAt: now(),
      };
      live.set(session.id, session);
      const oldest = live.values().next().value;
      if (live.size > maxSessions && oldest !== undefined) end(oldest);
      return { kind: 'opened', token, cookie, session };
    },

    /**
     * The session that token and one of the cookies both belong to. Another local program may set a cookie of the
     * same name (cookies know no ports), so every value is tried; every session is compared, found or not.
     */
    find(token: string, cookies: readonly string[]): WindowSession | null {
      const tokenDigest = digestOf(token);
      const cookieDigests = cookies.map(digestOf);
      let found: WindowSession | null = null;
      for (const session of [...live.values()]) {
        const tokenFits = timingSafeEqual(session.tokenDigest, tokenDigest);
        const cookieFits =
          cookieDigests.filter((each) => timingSafeEqual(session.cookieDigest, each)).length > 0;
        if (now() - session.lastUsedAt > sessionIdleMs) end(session);
        else if (tokenFits && cookieFits) found = session;
      }
      if (found !== null) found.lastUsedAt = now();
      return found;
    },

    end,
    endAll(): void {
      for (const session of [...live.values()]) end(session);
    },
  };

  function end(session: WindowSession): void {
    if (live.delete(session.id)) onEnd(session);
  }
}

/** Throws unless two draws differ and neither is blank: a guessable secret is worse than no server. */
export function provesRandom(randomBytes: (size: number) => Uint8Array): void {
  if (newSecret(randomBytes) === newSecret(randomBytes)) {
    throw new Error('The random generator repeats itself; Podium does not start with guessable secrets.');
  }
}

function newSecret(randomBytes: (size: number) => Uint8Array): string {
  const bytes = randomBytes(secretBytes);
  if (bytes.length !== secretBytes || bytes.every((byte) => byte === 0)) {
    throw new Error('The random generator gave no random bytes; Podium does not start without secrets.');
  }
  return Buffer.from(bytes).toString('base64url');
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function createLockout(now: () => number) {
  let failures = 0;
  let lockedUntil = 0;
  return {
    remainingMs: () => Math.max(0, lockedUntil - now()),
    fail(): number {
      failures += 1;
      const doublings = failures - freeFailures;
      if (doublings >= 0) lockedUntil = now() + Math.min(lockoutMaxMs, lockoutStartMs * 2 ** doublings);
      return failures;
    },
    pardon(): void {
      failures = 0;
      lockedUntil = 0;
    },
  };
}
