import { z } from 'zod';
import type { ConnectorHost } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, PeerRequest, Transport } from '../kit/transport.ts';
import { errorOf } from './answers.ts';

/** A user who is known by a password, and is spoken for by a token that expires. */
export interface Login {
  readonly user: string;
  readonly password: string;
  /** "/nacos/v3/auth/user/login" (manual “Authorization”, 3.0) or "/nacos/v1/auth/login" (the same, 2.5). */
  readonly path: string;
}

/** A transport that carries the token. */
export interface LoggedIn extends Transport {
  /** Whether Nacos calls this user an administrator; null where it does not say. */
  readonly isAdmin: boolean | null;
}

const Answer = z.object({
  accessToken: z.string().regex(/^[\x21-\x7e]{1,8000}$/),
  tokenTtl: z.coerce.number().positive().catch(18_000),
  globalAdmin: z.boolean().nullish(),
});
// Nacos 3 is documented with and without its envelope.
const Enveloped = z.object({ data: Answer });

interface Token {
  readonly text: string;
  readonly gotAt: number;
  readonly staleAt: number;
}

/** A token younger than this is not what a refusal is about. */
const youngMs = 10_000;
/** So much of its life a token is used. */
const usedPart = 0.9;

/**
 * Logs in and speaks on as that user: with a new token before the old one expires, and once more when it is refused. The token
 * travels as a header (`Authorization: Bearer`, as the server's own answer to a login has it), for addresses end up in logs.
 * Throws `PeerError` where the login is refused.
 */
export async function logIn(
  transport: Transport,
  login: Login,
  { clock }: Pick<ConnectorHost, 'clock'>,
  signal: AbortSignal,
): Promise<LoggedIn> {
  let isAdmin: boolean | null = null;
  let token: Token | null = null;
  let asking: Promise<Token> | null = null;

  /** What a server sends back of what it was told is not shown to anybody. What is no error is left as it is: it is content. */
  const clean = (answer: PeerAnswer): PeerAnswer =>
    isError(answer)
      ? [login.password, token?.text ?? '']
          .filter(({ length }) => length >= 3)
          .reduce((kept, secret) => ({ ...kept, body: kept.body.replaceAll(secret, '[secret]') }), answer)
      : answer;

  async function ask(stop: AbortSignal): Promise<Token> {
    const { user: username, password, path } = login;
    const tried = `Logging in as ${username}`;
    const answer = await transport.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
      body: new URLSearchParams({ username, password }).toString(),
      signal: stop,
      maxBytes: 1024 * 1024,
      countsAs: 'review',
    });
    const body = parsed(answer.body);
    const read = Answer.safeParse(body).data ?? Enveloped.safeParse(body).data?.data;
    if (answer.status !== 200 || read === undefined) {
      const error = errorOf(clean(answer), tried, transport.route);
      throw answer.status === 403 || answer.status === 401
        ? new PeerError(
            'unauthenticated',
            `${tried} ${transport.route}: the user or the password is wrong.`,
            {
              status: answer.status,
            },
          )
        : error;
    }
    isAdmin = read.globalAdmin ?? null;
    const gotAt = clock.now();
    token = { text: read.accessToken, gotAt, staleAt: gotAt + read.tokenTtl * 1_000 * usedPart };
    return token;
  }

  /** One login for all who wait for it; it goes on when one of them leaves. */
  function newToken(): Promise<Token> {
    asking ??= ask(AbortSignal.timeout(20_000)).finally(() => (asking = null));
    return asking;
  }

  async function current(): Promise<Token> {
    return token === null || clock.now() >= token.staleAt ? await newToken() : token;
  }

  const send = (request: PeerRequest, { text }: Token): Promise<PeerAnswer> =>
    transport.request({ ...request, headers: { ...request.headers, authorization: `Bearer ${text}` } });

  signal.throwIfAborted();
  await newToken();
  return {
    route: transport.route,
    get isAdmin() {
      return isAdmin;
    },
    async request(request) {
      const used = await current();
      request.signal.throwIfAborted();
      const answer = await send(request, used);
      // Nacos refuses an expired token as it refuses a right, with 403; what was refused was not done.
      const isRefused = answer.status === 401 || answer.status === 403;
      if (!isRefused || clock.now() - used.gotAt < youngMs) return clean(answer);
      const next = token !== null && token.gotAt > used.gotAt ? token : await newToken();
      return clean(await send(request, next));
    },
  };
}

/** By its status, or by the code at the beginning of its envelope. */
const isError = ({ status, body }: PeerAnswer): boolean =>
  status < 200 || status >= 300 || /^\s*\{[^{}]*"code"\s*:\s*(?!(?:0|200)\b)\d/.test(body);

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
