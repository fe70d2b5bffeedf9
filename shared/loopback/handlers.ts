import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Asset, Assets } from '../node/assets.ts';
import { pageHeaders, withNonce } from '../node/pagePolicy.ts';
import { answerJson, answerNothing, readBody } from './answer.ts';
import type { LoopbackLimits } from './limits.ts';
import { isOwnProcess } from './peerOwner.ts';
import { headerValues } from './requestGuard.ts';
import type { Route } from './routes.ts';
import type { Sessions, WindowSession } from './sessions.ts';

/** What the handlers work with. */
export interface HandlerParts {
  readonly assets: Assets;
  readonly sessions: Sessions;
  readonly limits: LoopbackLimits;
  readonly cookieName: string;
  readonly port: number;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly audit: (reason: string, request: IncomingMessage) => void;
}

const Bootstrap = z.strictObject({ code: z.string().max(128) });

/** Answers to requests that passed the guard. */
export function createHandlers(parts: HandlerParts) {
  const { assets, sessions, limits, audit } = parts;

  return {
    async open(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
      if (route.action === 'openSession') return openSession(request, response);
      answerPage(request, response);
    },

    withSession(route: Route | null, session: WindowSession, response: ServerResponse): void {
      if (route?.action === 'checkSession') return answerJson(response, 200, { ok: true });
      if (route?.action === 'endSession') {
        sessions.end(session);
        return answerJson(response, 200, { ok: true });
      }
      answerNothing(response, route?.action === 'socket' ? 403 : 404);
    },

    asset(response: ServerResponse, asset: Asset): void {
      const headers = { 'content-type': asset.type, 'content-length': asset.body.length };
      response.writeHead(200, { ...pageHeaders(null, []), ...headers });
      response.end(asset.body);
    },
  };

  function answerPage(request: IncomingMessage, response: ServerResponse): void {
    const nonce = Buffer.from(parts.randomBytes(16)).toString('base64url');
    const page = Buffer.from(withNonce(assets.page, nonce));
    // Some browsers do not count ws: under 'self'. The guard has checked this Host, so it is safe to say it back.
    const host = headerValues(request.rawHeaders, 'host')[0] ?? '';
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-length': page.length };
    response.writeHead(200, { ...pageHeaders(nonce, [`ws://${host}`]), ...headers });
    response.end(page);
  }

  async function openSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const types = headerValues(request.rawHeaders, 'content-type');
    // Exactly this type: a form or text/plain can be posted by any page without asking first.
    if (types.length !== 1 || types[0] !== 'application/json') {
      audit('session request is not application/json', request);
      return answerJson(response, 415, { error: 'Send the code as application/json.' });
    }
    const body = await readBody(request, limits.bodyMaxBytes);
    if (body === null) {
      audit('body too large', request);
      return answerJson(response, 413, { error: `The body is larger than ${limits.bodyMaxBytes} bytes.` });
    }
    await answerRedeemed(codeIn(body), request, response);
  }

  async function answerRedeemed(
    code: string | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (code === null) {
      audit('session request without a code', request);
      return answerJson(response, 400, {
        error: 'Send {"code": "…"} with the code of the address that Podium printed.',
      });
    }
    const redeemed = sessions.redeem(code);
    switch (redeemed.kind) {
      case 'opened': {
        if (!(await isOwnProcess(request.socket.remotePort ?? 0, parts.port))) {
          sessions.end(redeemed.session);
          audit('code used by another user of this machine', request);
          return answerJson(response, 403, { error: 'Podium was started by another user of this machine.' });
        }
        const cookie = `${parts.cookieName}=${redeemed.cookie}; HttpOnly; SameSite=Strict; Path=/`;
        return answerJson(response, 200, { token: redeemed.token }, { 'set-cookie': cookie });
      }
      case 'refused':
        audit('wrong or spent code', request);
        return answerJson(response, 401, {
          error:
            'This address was used already or is older than a minute. Press Enter in the terminal that runs Podium to get a new one.',
        });
      case 'locked': {
        const seconds = Math.ceil(redeemed.retryAfterMs / 1_000);
        audit('code tried while locked out', request);
        const error = `Too many wrong codes. Wait ${seconds} s, or press Enter in the terminal that runs Podium to get a new address.`;
        return answerJson(response, 429, { error }, { 'retry-after': String(seconds) });
      }
    }
  }
}

function codeIn(body: string): string | null {
  try {
    return Bootstrap.parse(JSON.parse(body)).code;
  } catch {
    return null;
  }
}
