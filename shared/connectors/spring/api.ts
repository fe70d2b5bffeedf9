import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, Transport } from '../kit/transport.ts';

/** What can be asked of a breaker. There is no verb for open, half-open or metrics-only (Resilience4j's endpoint). */
export type BreakerVerb = 'FORCE_OPEN' | 'DISABLE' | 'CLOSE';

/** The part of one instance's actuator that Podium uses; no other file knows its paths. Everything throws `PeerError`. */
export interface Actuator {
  readonly route: string;
  breakers(signal: AbortSignal): Promise<unknown>;
  /**
   * Only for a name that was read just now: Resilience4j makes a new breaker of any other, and says that it was changed.
   */
  setBreaker(name: string, verb: BreakerVerb, signal: AbortSignal): Promise<unknown>;
  breakerEvents(signal: AbortSignal): Promise<unknown>;
  health(signal: AbortSignal): Promise<unknown>;
  /** Any other endpoint; null for an answer without a body. */
  ask(asking: Asking, signal: AbortSignal): Promise<unknown>;
}

/** One question to an endpoint. */
export interface Asking {
  /** What errors call it: "Reading the routes". */
  readonly tried: string;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Statuses that are no error; 200 unless said. */
  readonly good?: readonly number[];
  /** 5 s unless said. */
  readonly limitMs?: number;
}

const timeoutMs = 5_000;
// A metrics page of a large service is smaller.
const maxBytes = 4 * 1024 * 1024;

/** Speaks to one actuator by a transport whose paths begin at it. */
export function createActuator(transport: Transport): Actuator {
  const { route } = transport;

  async function get(tried: string, path: string, signal: AbortSignal, good: readonly number[] = [200]) {
    const answer = await transport.request({ method: 'GET', path, signal, timeoutMs, maxBytes });
    return read(answer, good, tried, route);
  }

  async function ask(asking: Asking, signal: AbortSignal): Promise<unknown> {
    const { tried, method = 'GET', path, body, good = [200], limitMs = timeoutMs } = asking;
    const answer = await transport.request({
      method,
      path,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal,
      timeoutMs: limitMs,
      maxBytes,
    });
    return answer.body === '' && good.includes(answer.status) ? null : read(answer, good, tried, route);
  }

  return {
    route,
    ask,
    breakers: (signal) => get('Reading breakers', '/circuitbreakers', signal),
    async setBreaker(name, verb, signal) {
      const answer = await transport.request({
        method: 'POST',
        path: `/circuitbreakers/${encodeURIComponent(name)}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ updateState: verb }),
        signal,
        timeoutMs,
        maxBytes,
      });
      return read(answer, [200], `${verb} of ${name}`, route);
    },
    breakerEvents: (signal) => get('Reading events of breakers', '/circuitbreakerevents', signal),
    // 503 is how health says DOWN.
    health: (signal) => get('Reading health', '/health', signal, [200, 503]),
  };
}

function read({ status, body }: PeerAnswer, good: readonly number[], tried: string, route: string): unknown {
  if (!good.includes(status)) throw refusalOf(status, tried, route);
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PeerError('notThePeer', `${tried} ${route}: the answer is not JSON; is this an actuator?`, {
      cause,
    });
  }
}

function refusalOf(status: number, tried: string, route: string): PeerError {
  const say = (kind: PeerError['kind'], why: string) =>
    new PeerError(kind, `${tried} ${route}: ${why} (${status}).`, { status });
  switch (status) {
    case 401:
      return say('unauthenticated', 'it asks for credentials, or for others than were given');
    case 403:
      return say(
        'forbidden',
        'these credentials may not, or Spring Security’s CSRF protection refuses writes',
      );
    case 404:
    case 405:
      // An endpoint with read-only access answers a write with 404 (Boot 4).
      return say('notFound', 'it has no such endpoint, does not expose it, or lets it only be read');
    case 400:
      return say('refused', 'it refuses that');
    case 429:
    case 503:
      return say('busy', 'it is busy');
    default:
      return say('broken', 'it answers with an error');
  }
}
