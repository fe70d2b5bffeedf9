import { aheadOf } from '../kit/aheadOf.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, PeerRequest, Transport } from '../kit/transport.ts';

/** The part of Alertmanager's API that Podium uses; no other file knows its paths. Everything throws `PeerError`. */
export interface AlertmanagerApi {
  readonly route: string;
  /** Ms by which its clock is ahead of this machine's, as its last answer told; 0 before. */
  aheadMs(): number;
  status(signal: AbortSignal): Promise<unknown>;
  /** Each filter in its own words, as `service="payment"`; all must hold. */
  alerts(filters: readonly string[], signal: AbortSignal): Promise<readonly unknown[]>;
  silences(signal: AbortSignal): Promise<readonly unknown[]>;
  /** Null where there is none. */
  silence(id: string, signal: AbortSignal): Promise<unknown>;
  /** Makes one and answers with its id. */
  create(silence: unknown, signal: AbortSignal): Promise<string>;
  expire(id: string, signal: AbortSignal): Promise<void>;
}

const mostBytes = 16 * 1024 * 1024;

/** Speaks to one Alertmanager; its paths begin below what the transport leads to. */
export function createApi(transport: Transport, clock: ConnectorHost['clock']): AlertmanagerApi {
  const { route } = transport;
  let ahead = 0;

  async function ask(
    tried: string,
    request: Pick<PeerRequest, 'method' | 'path' | 'signal' | 'body'>,
  ): Promise<PeerAnswer> {
    const answer = await transport.request({
      ...request,
      maxBytes: mostBytes,
      ...(request.body === undefined ? {} : { headers: { 'content-type': 'application/json' } }),
    });
    const { date } = answer.headers;
    const told = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isFinite(told)) ahead = aheadOf(told, clock.now());
    refuseErrors(answer, `${tried} ${route}`);
    return answer;
  }

  async function read(tried: string, path: string, signal: AbortSignal): Promise<unknown> {
    const { body } = await ask(tried, { method: 'GET', path, signal });
    try {
      return JSON.parse(body);
    } catch (cause) {
      throw new PeerError('notThePeer', `${tried} ${route}: the answer is not JSON; is this Alertmanager?`, {
        cause,
      });
    }
  }

  async function list(tried: string, path: string, signal: AbortSignal): Promise<readonly unknown[]> {
    const found = await read(tried, path, signal);
    // An array of whatever: each reader looks at its own.
    if (Array.isArray(found)) return found as readonly unknown[];
    throw new PeerError('notThePeer', `${tried} ${route}: the answer is no list; is this Alertmanager?`);
  }

  const silencePath = (id: string): string => `/api/v2/silence/${encodeURIComponent(id)}`;

  return {
    route,
    aheadMs: () => ahead,
    status: (signal) => read('Asking Alertmanager', '/api/v2/status', signal),
    alerts(filters, signal) {
      const query = new URLSearchParams(filters.map((filter) => ['filter', filter])).toString();
      return list('Reading alerts', `/api/v2/alerts${query === '' ? '' : `?${query}`}`, signal);
    },
    silences: (signal) => list('Reading silences', '/api/v2/silences', signal),
    async silence(id, signal) {
      try {
        return await read('Reading the silence', silencePath(id), signal);
      } catch (error) {
        if (!(error instanceof PeerError && error.kind === 'notFound')) throw error;
        // Whatever stands in front answers 404 too, with no more to tell it by: its own list must lack it.
        const all = await list('Reading silences', '/api/v2/silences', signal);
        return all.find((one) => isOf(one, id)) ?? null;
      }
    },
    async create(silence, signal) {
      const body = JSON.stringify(silence);
      const answer = await ask('Silencing', { method: 'POST', path: '/api/v2/silences', body, signal });
      const id = idIn(answer.body);
      if (id !== null) return id;
      // Taken, as its status says; which one it is shows when the silences are read.
      throw new PeerError(
        'broken',
        `Alertmanager ${route} took the silence and did not say which one it is.`,
      );
    },
    async expire(id, signal) {
      await ask('Ending the silence', { method: 'DELETE', path: silencePath(id), signal });
    },
  };
}

const isOf = (silence: unknown, id: string): boolean =>
  typeof silence === 'object' && silence !== null && 'id' in silence && silence.id === id;

function idIn(body: string): string | null {
  try {
    const { silenceID } = JSON.parse(body) as { readonly silenceID?: unknown };
    return typeof silenceID === 'string' && silenceID !== '' ? silenceID.slice(0, 100) : null;
  } catch {
    return null;
  }
}

function refuseErrors({ status, body, headers }: PeerAnswer, tried: string): void {
  if (status >= 200 && status < 300) return;
  const fail = (kind: PeerError['kind'], why: string): never => {
    throw new PeerError(kind, `${tried}: ${why} (${status}).`, { status });
  };
  switch (status) {
    case 401:
      return fail('unauthenticated', 'it asks for credentials, or for others than were given');
    case 403:
      return fail('forbidden', 'you may not do that');
    case 404:
      return fail('notFound', 'there is none');
    case 400:
    case 422:
      return fail('refused', `it refuses that: ${saidIn(body)}`);
    case 429:
    case 503:
      return fail('busy', 'it is busy');
    default:
      return fail(
        (headers['content-type'] ?? '').includes('text/html') ? 'notThePeer' : 'broken',
        `it answers with an error: ${saidIn(body)}`,
      );
  }
}

/** Refusals come as a JSON string, or as an object with a code and a message. */
function saidIn(body: string): string {
  try {
    const said: unknown = JSON.parse(body);
    if (typeof said === 'string') return said.slice(0, 300);
    const { message } = said as { readonly message?: unknown };
    return typeof message === 'string' ? message.slice(0, 300) : 'it does not say why';
  } catch {
    return 'it does not say why';
  }
}
