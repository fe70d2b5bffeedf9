import type { ConnectorHost, Session, SignalSource } from '../../shared/connectors/kit/connector.ts';
import type { PeerAnswer, PeerRequest, Transport } from '../../shared/connectors/kit/transport.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';

/** What a Prometheus that misbehaves answers to a query, or to a range; null for the usual empty answer. */
export type Script = (
  query: string,
  request: { method: string; path: string; parameters: URLSearchParams },
) => PeerAnswer | null;

export const now = Date.UTC(2026, 10, 22, 12);
export const never = new AbortController().signal;

export const answer = (body: unknown, status = 200): PeerAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const vector = (
  rows: readonly (readonly [Record<string, string>, string | number])[],
  at = now,
  more = {},
) =>
  answer({
    status: 'success',
    data: {
      resultType: 'vector',
      result: rows.map(([metric, value]) => ({ metric, value: [at / 1000, String(value)] })),
    },
    ...more,
  });

export const matrix = (
  rows: readonly (readonly [Record<string, string>, readonly (readonly [number, string | number])[]])[],
) =>
  answer({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: rows.map(([metric, values]) => ({
        metric,
        values: values.map(([at, value]) => [at / 1000, String(value)]),
      })),
    },
  });

/** How the query begins by which it is found out what is there. */
export const lookingFor = 'label_replace(count(';

/** Labels of one row of Istio's requests. */
export const requestLabels = (more: Record<string, string> = {}): Record<string, string> => ({
  reporter: 'destination',
  source_workload: 'order',
  source_workload_namespace: 'shop',
  destination_workload: 'payment-v1',
  destination_workload_namespace: 'shop',
  destination_version: 'v1',
  destination_service: 'payment.shop.svc.cluster.local',
  destination_service_name: 'payment',
  request_protocol: 'http',
  response_code: '200',
  response_flags: '-',
  ...more,
});

/** A session on a Prometheus that follows a script and otherwise holds Istio's metrics without any row. */
export async function openScripted(
  script: Script,
  clock: { now(): number } = { now: () => now },
): Promise<
  Session & {
    readonly signals: SignalSource;
    readonly asked: readonly string[];
    readonly posts: () => number;
  }
> {
  const asked: string[] = [];
  let posts = 0;
  const transport: Transport = {
    route: 'at 127.0.0.1',
    request(request: PeerRequest) {
      const url = new URL(request.path, 'http://peer');
      const parameters = new URLSearchParams(request.body ?? url.search);
      const query = parameters.get('query') ?? '';
      if (request.method === 'POST') posts += 1;
      asked.push(query === '' ? url.pathname : query);
      const scripted = script(query, { method: request.method, path: url.pathname, parameters });
      if (scripted !== null) return Promise.resolve(scripted);
      if (url.pathname.endsWith('buildinfo'))
        return Promise.resolve(answer({ status: 'success', data: { version: '2.53.0' } }));
      if (query.startsWith(lookingFor)) return Promise.resolve(vector([[{ found: 'istio' }, 3]]));
      return Promise.resolve(
        query.endsWith('s]') || url.pathname.endsWith('range') ? matrix([]) : vector([]),
      );
    },
  };
  const host: ConnectorHost = {
    connectionId: 'c',
    clock: { now: () => clock.now(), sleep: () => Promise.resolve() },
    random: { id: () => 'id', fraction: () => 0.5 },
    log: { info: () => undefined, warn: () => undefined },
    ownPorts: () => [],
    lent: { transport },
  };
  const session = await prometheus.open({}, host);
  const { signals } = session;
  if (signals === undefined) throw new Error('no signals');
  return Object.assign(session, {
    signals,
    asked,
    posts: () => posts,
  });
}
