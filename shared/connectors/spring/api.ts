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
}

const timeoutMs = 5_000;
/** Beans are made anew; the first one of a process took 4 s. */
const refreshMs = 20_000;
// A metrics page of a large service is smaller.
const maxBytes = 4 * 1024 * 1024;

/** Speaks to one actuator by a transport whose paths begin at it. */
export function createActuator(transport: Transport): Actuator {
  const { route } = transport;

  async function get(tried: string, path: string, signal: AbortSignal, good: readonly number[] = [200]) {
    const answer = await transport.request({ method: 'GET', path, signal, timeoutMs, maxBytes });
    return read(answer, good, tried, route);
  }

  async function send(
    tried: string,
    method: 'POST' | 'DELETE',
    path: string,
    body: unknown,
    signal: AbortSignal,
    limitMs = timeoutMs,
  ): Promise<PeerAnswer> {
    const sent =
      body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await transport.request({ method, path, ...sent, signal, timeoutMs: limitMs, maxBytes });
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer.status, tried, route);
    return answer;
  }

  async function ask(asking: Asking, signal: AbortSignal): Promise<unknown> {
    const { tried, method = 'GET', path, body, good = [200] } = asking;
    const answer = await transport.request({
      method,
      path,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal,
      timeoutMs,
      maxBytes,
    });
    return answer.body === '' && good.includes(answer.status) ? null : read(answer, good, tried, route);
  }

  return {
    route,
    ask,
    breakers: (signal) => get('Reading breakers', '/circuitbreakers', signal),
    async setBreaker(name, verb, signal) {
      const tried = `${verb} of ${name}`;
      const path = `/circuitbreakers/${encodeURIComponent(name)}`;
      const answer = await send(tried, 'POST', path, { updateState: verb }, signal);
      return read(answer, [200], tried, route);
    },
    breakerEvents: (signal) => get('Reading events of breakers', '/circuitbreakerevents', signal),
    // 503 is how health says DOWN.
    health: (signal) => get('Reading health', '/health', signal, [200, 503]),
    environment: (signal) => get('Reading the environment', '/env', signal),
    property: (key, signal) => get(`Reading ${key}`, `/env/${encodeURIComponent(key)}`, signal),
    async override(key, value, signal) {
      await send(`Overriding ${key}`, 'POST', '/env', { name: key, value }, signal);
    },
    async dropOverrides(signal) {
      await send('Dropping overrides', 'DELETE', '/env', undefined, signal);
    },
    async refresh(signal) {
      const answer = await send('Refreshing', 'POST', '/refresh', undefined, signal, refreshMs);
      return read(answer, [200], 'Refreshing', route);
    },
    loggers: (signal) => get('Reading loggers', '/loggers', signal),
    async setLevel(logger, level, signal) {
      const path = `/loggers/${encodeURIComponent(logger)}`;
      await send(`Setting the level of ${logger}`, 'POST', path, { configuredLevel: level }, signal);
    },
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
