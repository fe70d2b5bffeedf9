import { type Answered, type Asked, serve, type Served } from '../../../shared/rehearsal/spring/server.ts';
import { failure, success } from './answers.ts';
import { createState, type State } from './state.ts';
import { answerV2 } from './v2.ts';
import { answerV3 } from './v3.ts';

export interface NacosOptions {
  readonly version?: string;
  /** Without it authorization is off. */
  readonly auth?: { readonly user: string; readonly password: string; readonly ttlSeconds?: number };
  readonly mode?: 'naming' | 'config';
}

/**
 * A Nacos in memory. It is a simulator made from documentation: no Nacos server was available to record answers from or to
 * compare it with, so what it proves is that Podium speaks the API as it is documented, and nothing more.
 */
export interface SimulatedNacos extends Served, State {
  /** Asked before everything else; what it answers is the answer, undefined lets the server answer. */
  instead: (asked: Asked) => Answered | undefined;
  /** Happens between the moment a publication arrives and its being looked at. */
  beforePublish: () => void;
  /** No token is known any more. */
  expireTokens(): void;
  readonly logins: number;
}

export async function simulateNacos(options: NacosOptions = {}): Promise<SimulatedNacos> {
  const { version = '3.0.2', auth, mode } = options;
  const state = createState();
  const tokens = new Map<string, string>();
  let issued = 0;
  const hooks: Pick<SimulatedNacos, 'instead' | 'beforePublish'> = {
    instead: () => undefined,
    beforePublish: () => undefined,
  };
  const isThird = version.startsWith('3');

  const about = {
    version,
    startup_mode: 'standalone',
    function_mode: mode ?? null,
    auth_enabled: String(auth !== undefined),
    server_port: '8848',
  };
  const refusal = (path: string): Answered =>
    isThird
      ? failure(403, 10001, 'access denied', 'authorization failed!')
      : {
          status: 403,
          body: { timestamp: '', status: 403, error: 'Forbidden', message: 'unknown user!', path },
        };

  function login({ body }: Asked): Answered {
    const fields = new URLSearchParams(body);
    if (
      auth === undefined ||
      fields.get('username') !== auth.user ||
      fields.get('password') !== auth.password
    )
      return isThird
        ? failure(403, 10001, 'access denied', `unknown user, ${body}`)
        : refusal('/v1/auth/login');
    issued += 1;
    const token = `eyJhbGciOiJIUzI1NiJ9.token-number-${issued}`;
    tokens.set(token, auth.user);
    return {
      status: 200,
      headers: { authorization: `Bearer ${token}` },
      body: {
        accessToken: token,
        tokenTtl: auth.ttlSeconds ?? 18_000,
        globalAdmin: true,
        username: auth.user,
      },
    };
  }

  const served = await serve((asked) => {
    const special = hooks.instead(asked);
    if (special !== undefined) return special;
    const { method, path } = asked;
    if (isThird && path === '/nacos/v3/admin/core/state') return success(about);
    if (!isThird && path === '/nacos/v1/console/server/state') return { status: 200, body: about };
    if (method === 'POST' && path === (isThird ? '/nacos/v3/auth/user/login' : '/nacos/v1/auth/login'))
      return login(asked);
    const user = tokens.get((asked.headers.authorization ?? '').replace(/^Bearer /, '')) ?? null;
    if (auth !== undefined && user === null) return refusal(path);
    const answer = (isThird ? answerV3 : answerV2)(state, asked, user, () => hooks.beforePublish());
    return answer ?? { status: 404, body: { timestamp: '', status: 404, error: 'Not Found', path } };
  });
  return {
    ...state,
    ...served,
    get instead() {
      return hooks.instead;
    },
    set instead(next) {
      hooks.instead = next;
    },
    get beforePublish() {
      return hooks.beforePublish;
    },
    set beforePublish(next) {
      hooks.beforePublish = next;
    },
    expireTokens: () => tokens.clear(),
    get logins() {
      return issued;
    },
  };
}
