import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, Transport } from '../kit/transport.ts';

/** The part of Eureka's REST API that Podium uses; no other file knows its paths. Everything throws `PeerError`. */
export interface EurekaApi {
  readonly route: string;
  /** All applications, as clients get them: out of a cache that is made anew every 30 s unless it was told otherwise. */
  applications(signal: AbortSignal): Promise<unknown>;
  /** What changed in the last three minutes, out of the same cache. */
  delta(signal: AbortSignal): Promise<unknown>;
  /** One instance as the server has it now. `notFound` where it has none. */
  instance(app: string, id: string, signal: AbortSignal): Promise<unknown>;
  /** Takes an instance out of the calls, whatever it says of itself. */
  override(app: string, id: string, status: string, signal: AbortSignal): Promise<void>;
  /** Takes the override away and says what the status is until the instance speaks again: without that it would be UNKNOWN. */
  endOverride(app: string, id: string, status: string, signal: AbortSignal): Promise<void>;
}

/** Speaks to one Eureka server by a transport whose paths begin below `/eureka`. */
export function createApi(transport: Transport): EurekaApi {
  const { route } = transport;

  async function get(tried: string, path: string, signal: AbortSignal): Promise<unknown> {
    const answer = await transport.request({ method: 'GET', path, signal });
    refuseErrors(answer, tried, route);
    try {
      return JSON.parse(answer.body);
    } catch (cause) {
      throw new PeerError(
        'notThePeer',
        `${tried} ${route}: the answer is not JSON; is this a Eureka server?`,
        {
          cause,
        },
      );
    }
  }

  async function write(tried: string, method: 'PUT' | 'DELETE', path: string, signal: AbortSignal) {
    refuseErrors(await transport.request({ method, path, signal }), tried, route);
  }

  const statusPath = (app: string, id: string, status: string): string =>
    `${instancePath(app, id)}/status?value=${encodeURIComponent(status)}`;

  return {
    route,
    applications: (signal) => get('Reading the applications', '/apps', signal),
    delta: (signal) => get('Reading what changed', '/apps/delta', signal),
    instance: (app, id, signal) => get(`Reading ${id}`, instancePath(app, id), signal),
    override: (app, id, status, signal) =>
      write(`Setting ${id} to ${status}`, 'PUT', statusPath(app, id, status), signal),
    endOverride: (app, id, status, signal) =>
      write(`Setting ${id} back to ${status}`, 'DELETE', statusPath(app, id, status), signal),
  };
}

const instancePath = (app: string, id: string): string =>
  `/apps/${encodeURIComponent(app)}/${encodeURIComponent(id)}`;

function refuseErrors({ status, headers }: PeerAnswer, tried: string, route: string): void {
  if (status >= 200 && status < 300) return;
  const fail = (kind: PeerError['kind'], why: string): never => {
    throw new PeerError(kind, `${tried} ${route}: ${why} (${status}).`, { status });
  };
  switch (status) {
    case 401:
      return fail('unauthenticated', 'it asks for a user and a password, or for others than were given');
    case 403:
      return fail('forbidden', 'this user may not do that');
    case 404:
      return fail('notFound', 'there is none');
    case 429:
    case 503:
      return fail('busy', 'it is busy');
    case 400:
    case 405:
      return fail('refused', 'it refuses that');
    default:
      return fail(
        (headers['content-type'] ?? '').includes('text/html') ? 'notThePeer' : 'broken',
        'it answers with an error and does not say why',
      );
  }
}
