import { z } from 'zod';
import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, Transport } from '../kit/transport.ts';

/** What a server says of itself before anybody logged in. */
export interface Probe {
  readonly version: string;
  readonly dialect: 'v3' | 'v2';
  /** What it was started for. */
  readonly mode: 'all' | 'naming' | 'config';
  /** Null where it does not say. */
  readonly authEnabled: boolean | null;
  /** Stands before all paths: "/nacos", or nothing where the address has a path already. */
  readonly base: string;
}

const State = z.object({
  version: z.string().regex(/^\d+\.\d+[\w.+-]{0,40}$/),
  function_mode: z.string().nullish(),
  auth_enabled: z.union([z.boolean(), z.string()]).nullish(),
  server_port: z.union([z.number(), z.string().regex(/^\d{1,5}$/)]).nullish(),
});
type State = z.infer<typeof State>;
const Enveloped = z.object({ code: z.literal(0), data: State });

const maxBytes = 1024 * 1024;

/**
 * Finds out which API is spoken, never by what was told of it: the state of Nacos 3 (`/v3/admin/core/state`,
 * ServerStateController) and that of Nacos 2 (`/v1/console/server/state`) need no login. Throws `PeerError` in words that help:
 * for a console, whose port is easily taken for the API's, and for versions whose API Podium does not speak.
 */
export async function probe(transport: Transport, address: string, signal: AbortSignal): Promise<Probe> {
  const url = URL.parse(address);
  const base = url?.pathname === '/' ? '/nacos' : '';
  const { route } = transport;
  const ask = (path: string): Promise<PeerAnswer> =>
    transport.request({ method: 'GET', path, signal, maxBytes });

  const third = await ask(`${base}/v3/admin/core/state`);
  const v3 = stateOf(third);
  if (v3 !== null) return probeOf(v3, base, route);
  const second = await ask(`${base}/v1/console/server/state`);
  const v2 = stateOf(second);
  if (v2 !== null) return probeOf(v2, base, route);
  // “Console API” 1.1: public, and on another port than the API.
  const console = stateOf(await ask('/v3/console/server/state').catch(() => nothing));
  if (console !== null) {
    const port = console.server_port ?? 8848;
    throw new PeerError(
      'notThePeer',
      `What answers ${route} is the console of Nacos ${console.version}, which has no API for others. The API is on port ${port} of the server, below /nacos: give that address.`,
    );
  }
  if (third.status === 401 || third.status === 403)
    throw new PeerError(
      'forbidden',
      `What answers ${route} does not tell anybody which version it is (${third.status}). Look for something before it that asks for a login of its own.`,
      { status: third.status },
    );
  const hint =
    url?.port === '8080'
      ? ' Port 8080 is usual for the console of Nacos 3; its API is on 8848.'
      : ' Give the address of the API, which is on port 8848 below /nacos unless the server was told otherwise.';
  throw new PeerError(
    'notThePeer',
    `What answers ${route} is not Nacos’ API: it tells no version (${third.status} and ${second.status}).${hint}`,
  );
}

const nothing: PeerAnswer = { status: 0, headers: {}, body: '' };

function stateOf({ status, body }: PeerAnswer): State | null {
  if (status !== 200) return null;
  try {
    const parsed: unknown = JSON.parse(body);
    return Enveloped.safeParse(parsed).data?.data ?? State.safeParse(parsed).data ?? null;
  } catch {
    return null;
  }
}

function probeOf(state: State, base: string, route: string): Probe {
  const { version, function_mode: mode, auth_enabled: auth } = state;
  const [major = 0, minor = 0] = numbersOf(version);
  if (major < 2 || (major === 2 && minor < 2))
    throw new PeerError(
      'refused',
      `What answers ${route} is Nacos ${version}. Podium speaks the API of 2.2 and newer.`,
    );
  if (major > 3)
    throw new PeerError(
      'refused',
      `What answers ${route} is Nacos ${version}, and Podium knows the API of 2 and 3 alone.`,
    );
  return {
    version,
    dialect: major === 3 ? 'v3' : 'v2',
    mode: mode === 'naming' || mode === 'config' ? mode : 'all',
    authEnabled: auth === null || auth === undefined ? null : String(auth) === 'true',
    base,
  };
}

/** [2, 4, 3] of "2.4.3-beta". */
export const numbersOf = (version: string): number[] =>
  version
    .split(/[.+-]/)
    .map(Number)
    .map((one) => (Number.isFinite(one) ? one : 0));
