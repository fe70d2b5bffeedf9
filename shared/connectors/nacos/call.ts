import type { PeerAnswer, PeerRequest, Transport } from '../kit/transport.ts';
import { dataOf, jsonOf } from './answers.ts';

/** Parameters by name; those that are null are left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | null>>;

/** Sends what is asked to one API and reads its answers. */
export interface Call {
  readonly route: string;
  /** Where paths begin. */
  readonly url: string;
  /** What is in the envelope of an answer to GET. */
  get(tried: string, path: string, query: Parameters, signal: AbortSignal): Promise<unknown>;
  /** JSON without an envelope. */
  bare(tried: string, path: string, query: Parameters, signal: AbortSignal): Promise<unknown>;
  /** Sends a form, as all writes of Nacos take it, and reads the envelope. */
  form(writing: Writing, signal: AbortSignal): Promise<unknown>;
  /** The answer as it came. */
  send(request: PeerRequest): Promise<PeerAnswer>;
}

export interface Writing {
  readonly tried: string;
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly fields: Parameters;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer of a list or of a configuration is smaller; Nacos itself keeps no configuration beyond 10 MiB. */
const maxBytes = 32 * 1024 * 1024;

/** `base` stands before all paths: "/nacos". */
export function createCall(transport: Transport, base: string): Call {
  const { route } = transport;
  const send = (request: PeerRequest): Promise<PeerAnswer> =>
    transport.request({ maxBytes, ...request, path: `${base}${request.path}` });
  return {
    route,
    url: `${route.replace(/^at /, '')}${base}`,
    send,
    get: async (tried, path, query, signal) =>
      dataOf(await send({ method: 'GET', path: withQuery(path, query), signal }), tried, route),
    bare: async (tried, path, query, signal) =>
      jsonOf(await send({ method: 'GET', path: withQuery(path, query), signal }), tried, route),
    async form({ tried, method, path, fields, headers }, signal) {
      const answer = await send({
        method,
        path,
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', ...headers },
        body: encoded(fields),
        signal,
      });
      return dataOf(answer, tried, route);
    },
  };
}

export const withQuery = (path: string, query: Parameters): string => {
  const text = encoded(query);
  return text === '' ? path : `${path}?${text}`;
};

function encoded(fields: Parameters): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(value)] as [string, string]],
  );
  return new URLSearchParams(pairs).toString();
}
