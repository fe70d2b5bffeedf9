import { createOriginTransport } from '../http/originTransport.ts';
import type { ConnectorHost, Found } from '../kit/connector.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import type { KubeClient } from '../kube/client.ts';
import { textAt } from '../kube/objects.ts';
import {
  absentOf,
  type Answering,
  findServer,
  foundOf,
  type ListedServices,
  type Searched,
} from './findServer.ts';

/** A Prometheus whose address the operator typed. */
export interface GivenPrometheus {
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Finds a Prometheus that answers: the operator's own address, else a Service that looks like one. */
export async function findPrometheus(
  client: KubeClient,
  given: GivenPrometheus | null,
  listed: () => Promise<ListedServices>,
  host: Pick<ConnectorHost, 'ownPorts'>,
  signal: AbortSignal,
): Promise<Found> {
  if (given === null) return findServer(client, searched, await listed(), signal);
  try {
    const transport = await createOriginTransport({ address: given.url, headers: given.headers }, host);
    client.closing.add(() => transport.close());
    return foundOf(searched, await check(transport, signal));
  } catch (error) {
    if (signal.aborted) throw error;
    return absentOf(searched, sayError(error, 'Asking the Prometheus you named'));
  }
}

const names = [
  'prometheus',
  'prometheus-server',
  'prometheus-k8s',
  'kube-prometheus-stack-prometheus',
  'prometheus-kube-prometheus-prometheus',
  'prometheus-operated',
  'thanos-query',
  'thanos-query-frontend',
  'thanos-querier',
  'mimir-query-frontend',
  'mimir-nginx',
  'mimir-gateway',
  'vmselect',
  'vmsingle',
];
/** Parts that carry the product's label and answer no queries. */
const notIt = /alertmanager|node-exporter|kube-state|pushgateway|operator$|adapter|grafana|webhook|blackbox/;

const searched: Searched = {
  connector: 'prometheus',
  title: 'Prometheus',
  consequence: 'Rates, errors and latency of every call; whether a change is seen in traffic.',
  without: 'The map shows no figures, and a change cannot be measured.',
  advice: 'Name its address when connecting.',
  isMissed: true,
  homes: [
    ['monitoring', 'prometheus', '9090'],
    ['istio-system', 'prometheus', '9090'],
    ['monitoring', 'prometheus-k8s', '9090'],
    ['monitoring', 'kube-prometheus-stack-prometheus', '9090'],
    ['monitoring', 'prometheus-server', '80'],
  ],
  score: scoreOf,
  rank(port, name) {
    if ([9090, 9091].includes(port)) return 3;
    if (/^(http-)?(web|http|query|prometheus)/.test(name)) return 2;
    return /grpc/.test(name) ? 0 : 1;
  },
  check,
};

function scoreOf(name: string, labels: ReadonlyMap<string, string>): number {
  if (notIt.test(name)) return 0;
  const place = names.indexOf(name);
  const known = /^(prometheus|thanos-query|mimir|vmselect|vmsingle)/;
  const labelled = [labels.get('app.kubernetes.io/name'), labels.get('app')].some((value) =>
    known.test(value ?? ''),
  );
  if (place >= 0) return 100 - place + (labelled ? 10 : 0);
  if (labelled) return 50;
  return /(^|-)prometheus(-server)?$/.test(name) ? 20 : 0;
}

/** Asks what every Prometheus-like server answers; a prefix is where Mimir and Thanos Receive often have it. */
async function check(transport: Transport, signal: AbortSignal): Promise<Answering> {
  for (const prefix of ['', '/prometheus']) {
    const reach = prefix === '' ? transport : withPrefix(transport, prefix);
    const build = await ask(reach, '/api/v1/status/buildinfo', signal);
    if (build !== null) {
      const version = textAt(build, 'data', 'version');
      return {
        transport: reach,
        product: `${textAt(build, 'data', 'application') ?? 'Prometheus'} ${version ?? ''}`.trim(),
      };
    }
    if ((await ask(reach, '/api/v1/query?query=1', signal)) !== null)
      return { transport: reach, product: 'A Prometheus API' };
  }
  throw new PeerError('notThePeer', `What answers ${transport.route} is no Prometheus.`);
}

/** The answer if it is Prometheus's; null when something there says "not found" or speaks otherwise. */
async function ask(transport: Transport, path: string, signal: AbortSignal): Promise<unknown> {
  const answer = await transport.request({
    method: 'GET',
    path,
    signal,
    timeoutMs: 10_000,
    maxBytes: 1024 * 1024,
  });
  if (answer.status === 401 || answer.status === 403)
    throw new PeerError(
      'unauthenticated',
      `Prometheus ${transport.route} asks for credentials (${answer.status}). Give a header when connecting.`,
      {
        status: answer.status,
      },
    );
  if (answer.status >= 500)
    throw new PeerError('broken', `Prometheus ${transport.route} answered ${answer.status}.`, {
      status: 500,
    });
  try {
    const body: unknown = JSON.parse(answer.body);
    return textAt(body, 'status') === 'success' ? body : null;
  } catch {
    return null;
  }
}

const withPrefix = (transport: Transport, prefix: string): Transport => ({
  route: `${transport.route}${prefix}`,
  request: (request) => transport.request({ ...request, path: prefix + request.path }),
});
