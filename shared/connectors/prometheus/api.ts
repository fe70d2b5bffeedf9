import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, Transport } from '../kit/transport.ts';
import { readData, readQuery, type QueryAnswer } from './answers.ts';
import { createGate } from './gate.ts';

/** The part of Prometheus's HTTP API that Podium uses. Everything throws `PeerError` with words for an operator. */
export interface PrometheusApi {
  readonly route: string;
  buildInfo(signal: AbortSignal): Promise<{ readonly product: string; readonly version: string }>;
  /** Without `at` (epoch ms) the peer takes its own now. A bare range selector answers with raw samples. */
  query(expression: string, signal: AbortSignal, at?: number): Promise<QueryAnswer>;
  queryRange(expression: string, range: RangeOf, signal: AbortSignal): Promise<QueryAnswer>;
  /** What its own rules found: pending and firing. */
  alerts(signal: AbortSignal): Promise<unknown>;
  labelValues(label: string, match: string, signal: AbortSignal): Promise<readonly string[]>;
}

/** Epoch ms, step in seconds. */
export interface RangeOf {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
}

/** More at once would slow Prometheus for everybody else who asks it. */
const AT_ONCE = 4;
const TIMEOUT_MS = 20_000;

/** Speaks to one Prometheus by the transport lent. */
export function createApi(transport: Transport): PrometheusApi {
  const gate = createGate(AT_ONCE);
  const tried = `Asking Prometheus ${transport.route}`;
  let method: 'POST' | 'GET' = 'POST';

  async function ask(path: string, parameters: URLSearchParams, signal: AbortSignal): Promise<PeerAnswer> {
    const body = parameters.toString();
    if (method === 'POST') {
      const answer = await post(path, body, signal);
      if (answer !== null) return answer;
      method = 'GET';
    }
    const query = body === '' ? '' : `?${body}`;
    return transport.request({ method: 'GET', path: `${path}${query}`, signal, timeoutMs: TIMEOUT_MS });
  }

  /**
   * Long queries only fit into a body. Null where posting is not allowed: 405 from proxies that let only reading through,
   * 403 from an API server that counts a POST through its service proxy as "create".
   */
  async function post(path: string, body: string, signal: AbortSignal): Promise<PeerAnswer | null> {
    try {
      const answer = await transport.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
        signal,
        timeoutMs: TIMEOUT_MS,
        countsAs: 'read',
      });
      return answer.status === 405 || answer.status === 403 ? null : answer;
    } catch (error) {
      const closed = error instanceof PeerError && (error.kind === 'forbidden' || error.status === 405);
      if (closed) return null;
      throw error;
    }
  }

  return {
    route: transport.route,
    async buildInfo(signal) {
      const path = '/api/v1/status/buildinfo';
      const answer = await transport.request({ method: 'GET', path, signal, timeoutMs: TIMEOUT_MS });
      try {
        const data = readData(answer, tried);
        return {
          product: textOf(data, 'application') ?? 'Prometheus',
          version: textOf(data, 'version') ?? '',
        };
      } catch (error) {
        // Older ones and some of the same family lack the endpoint; a query tells whether it is one at all.
        if (!(error instanceof PeerError) || !['notFound', 'refused'].includes(error.kind)) throw error;
        readQuery(await ask('/api/v1/query', new URLSearchParams({ query: '1' }), signal), tried);
        return { product: 'Prometheus', version: '' };
      }
    },
    query(expression, signal, at) {
      const parameters = new URLSearchParams({ query: expression });
      if (at !== undefined) parameters.set('time', (at / 1000).toFixed(3));
      return gate(signal, async () => readQuery(await ask('/api/v1/query', parameters, signal), tried));
    },
    queryRange(expression, range, signal) {
      const parameters = new URLSearchParams({
        query: expression,
        start: (range.from / 1000).toFixed(3),
        end: (range.to / 1000).toFixed(3),
        step: String(range.stepSeconds),
      });
      return gate(signal, async () => readQuery(await ask('/api/v1/query_range', parameters, signal), tried));
    },
    async alerts(signal) {
      const path = '/api/v1/alerts';
      const answer = await gate(signal, () =>
        transport.request({ method: 'GET', path, signal, timeoutMs: TIMEOUT_MS }),
      );
      return readData(answer, tried);
    },
    async labelValues(label, match, signal) {
      const path = `/api/v1/label/${encodeURIComponent(label)}/values`;
      const query = new URLSearchParams({ 'match[]': match }).toString();
      // Label values are the one endpoint that has no POST form.
      const answer = await gate(signal, () =>
        transport.request({ method: 'GET', path: `${path}?${query}`, signal, timeoutMs: TIMEOUT_MS }),
      );
      const data = readData(answer, tried);
      return Array.isArray(data) ? data.filter((value) => typeof value === 'string') : [];
    },
  };
}

function textOf(data: unknown, key: string): string | null {
  if (typeof data !== 'object' || data === null) return null;
  // An object, as checked; what is not there reads as undefined.
  const value = (data as Record<string, unknown>)[key];
  return typeof value === 'string' && value !== '' ? value.slice(0, 60) : null;
}
