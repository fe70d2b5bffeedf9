import { createOriginTransport } from '../http/originTransport.ts';
import type { ConnectorHost, Found } from '../kit/connector.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import type { KubeClient } from '../kube/client.ts';
import { textAt } from '../kube/objects.ts';
import { askServer, below } from './askServer.ts';
import {
  absentOf,
  type Answering,
  findServer,
  foundOf,
  type ListedServices,
  scoreOf,
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

const scoreLike = scoreOf(
  names,
  (label) => /^(prometheus|thanos-query|mimir|vmselect|vmsingle)/.test(label),
  /(^|-)prometheus(-server)?$/,
);

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
  score: (name, labels) => (notIt.test(name) ? 0 : scoreLike(name, labels)),
  rank(port, name) {
    if ([9090, 9091].includes(port)) return 3;
    if (/^(http-)?(web|http|query|prometheus)/.test(name)) return 2;
    return /grpc/.test(name) ? 0 : 1;
  },
  check,
};

/** Asks what every Prometheus-like server answers; a prefix is where Mimir and Thanos Receive often have it. */
async function check(transport: Transport, signal: AbortSignal): Promise<Answering> {
  for (const prefix of ['', '/prometheus']) {
    const reach = below(transport, prefix);
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
  const named = { title: 'Prometheus', advice: 'Give a header when connecting.' };
  const { status, body } = await askServer(transport, path, named, signal);
  if (status >= 500)
    throw new PeerError('broken', `Prometheus ${transport.route} answered ${status}.`, { status });
  return textAt(body, 'status') === 'success' ? body : null;
}
