import type { ConnectorHost, Found, Offer } from '../kit/connector.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import type { KubeClient } from '../kube/client.ts';
import {
  type KubeObject,
  labelsOf,
  listAt,
  mapAt,
  namespaceOf,
  numberAt,
  selects,
  textAt,
} from '../kube/objects.ts';
import { createOriginTransport } from '../http/originTransport.ts';
import { createPortForwardTransport } from '../kube/portForward.ts';
import { createProxyTransport, type ServicePort } from '../kube/proxyTransport.ts';
import { pods, services } from '../kube/resources.ts';

/** A Prometheus whose address the operator typed. */
export interface GivenPrometheus {
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

const consequence = 'Rates, errors and latency of every call; whether a change is seen in traffic.';
const without = 'The map shows no figures, and a change cannot be measured.';
const triedAtMost = 6;

/** Finds a Prometheus that answers: the operator's own address, else a Service that looks like one. */
export async function findPrometheus(
  client: KubeClient,
  given: GivenPrometheus | null,
  host: Pick<ConnectorHost, 'ownPorts'>,
  signal: AbortSignal,
): Promise<Found> {
  const absent = (detail: string): Found => ({
    offers: [],
    absent: [{ connector: 'prometheus', title: 'Prometheus', detail, consequence: without }],
  });
  if (given !== null) {
    try {
      const transport = await createOriginTransport({ address: given.url, headers: given.headers }, host);
      client.closing.add(() => transport.close());
      return { offers: [offerOf(await check(transport, signal))], absent: [] };
    } catch (error) {
      if (signal.aborted) throw error;
      return absent(sayError(error, 'Asking the Prometheus you named'));
    }
  }
  const { candidates, unlisted } = await readCandidates(client, signal);
  if (candidates.length === 0 && client.namespaces !== null) {
    const found = await tryHomes(client, signal);
    if (found !== null) return { offers: [offerOf(found)], absent: [] };
    return absent(
      [
        ...unlisted,
        `Neither your namespaces (${client.namespaces.join(', ')}) nor the usual places have a Prometheus that you may reach. Name its address when connecting.`,
      ].join(' '),
    );
  }
  if (candidates.length === 0 && unlisted.length > 0)
    return absent(`Services could not be listed to look for one: ${unlisted.join(' ')}`);
  if (candidates.length === 0)
    return absent(
      'No Service has a name or label by which Prometheus is known. Name its address when connecting.',
    );
  const tried: string[] = [];
  for (const candidate of candidates.slice(0, triedAtMost)) {
    const found = await tryCandidate(client, candidate, tried, signal);
    if (found !== null) return { offers: [offerOf(found)], absent: [] };
  }
  return absent(`${tried.join(' ')} Name its address when connecting.`);
}

/** Who may not list Services elsewhere may still be let through to a Prometheus in one of its usual places. */
async function tryHomes(client: KubeClient, signal: AbortSignal): Promise<Answering | null> {
  for (const [namespace, service, port] of homes) {
    try {
      return await check(createProxyTransport(client, { namespace, service, port, scheme: 'http' }), signal);
    } catch {
      if (signal.aborted) throw signal.reason;
    }
  }
  return null;
}

const homes = [
  ['monitoring', 'prometheus', '9090'],
  ['istio-system', 'prometheus', '9090'],
  ['monitoring', 'prometheus-k8s', '9090'],
  ['monitoring', 'kube-prometheus-stack-prometheus', '9090'],
  ['monitoring', 'prometheus-server', '80'],
] as const;

interface Answering {
  readonly transport: Transport;
  /** "Prometheus 2.53.0". */
  readonly product: string;
}

const offerOf = ({ transport, product }: Answering): Offer => ({
  connector: 'prometheus',
  title: 'Prometheus',
  detail: `${product} ${transport.route}`,
  consequence,
  settings: {},
  lent: { transport },
});

async function tryCandidate(
  client: KubeClient,
  candidate: Candidate,
  tried: string[],
  signal: AbortSignal,
): Promise<Answering | null> {
  const proxied = createProxyTransport(client, candidate.port);
  const { namespace, service, port } = candidate.port;
  try {
    return await check(proxied, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    tried.push(`${namespace}/${service}:${port}: ${sayError(error, proxied.route)}`);
    // Only where the proxy itself is closed to us is there another way to the same place.
    const closed = error instanceof PeerError && (error.kind === 'forbidden' || error.status === 405);
    if (!closed) return null;
  }
  try {
    const pod = await readyPod(client, candidate, signal);
    if (pod === null) return null;
    return await check(createPortForwardTransport(client, pod), signal);
  } catch (error) {
    if (signal.aborted) throw error;
    tried.push(sayError(error, `Port-forward to ${namespace}/${service}`));
    return null;
  }
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

interface Candidate {
  readonly port: ServicePort;
  readonly service: KubeObject;
  readonly targetPort: unknown;
  readonly score: number;
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

/** Services of every namespace that may be listed, and in words which could not be. */
async function readCandidates(
  client: KubeClient,
  signal: AbortSignal,
): Promise<{ readonly candidates: readonly Candidate[]; readonly unlisted: readonly string[] }> {
  const found: KubeObject[] = [];
  const unlisted: string[] = [];
  for (const namespace of client.namespaces ?? [null]) {
    try {
      found.push(...(await client.list(services, namespace, signal)));
    } catch (error) {
      if (signal.aborted) throw error;
      unlisted.push(asSentence(sayError(error, 'Listing services to look for Prometheus')));
    }
  }
  const candidates = found
    .map(candidateOf)
    .filter((candidate) => candidate !== null)
    .sort((a, b) => b.score - a.score);
  return { candidates, unlisted };
}

const asSentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

function candidateOf(service: KubeObject): Candidate | null {
  const { name } = service.metadata;
  const score = scoreOf(name, labelsOf(service));
  const port = score === 0 ? null : portOf(service);
  if (port === null || textAt(service, 'spec', 'type') === 'ExternalName') return null;
  return {
    service,
    score,
    targetPort: port.targetPort,
    port: { namespace: namespaceOf(service), service: name, port: String(port.number), scheme: port.scheme },
  };
}

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

function portOf(
  service: KubeObject,
): { number: number; scheme: 'http' | 'https'; targetPort: unknown } | null {
  const ports = listAt(service, 'spec', 'ports').flatMap((port) => {
    const number = numberAt(port, 'port');
    if (number === null || (textAt(port, 'protocol') ?? 'TCP') !== 'TCP') return [];
    const name = textAt(port, 'name') ?? '';
    const targetPort = numberAt(port, 'targetPort') ?? textAt(port, 'targetPort') ?? number;
    const rank = [9090, 9091].includes(number)
      ? 3
      : /^(http-)?(web|http|query|prometheus)/.test(name)
        ? 2
        : /grpc/.test(name)
          ? 0
          : 1;
    const scheme =
      /^https/.test(name) || textAt(port, 'appProtocol') === 'https' ? ('https' as const) : ('http' as const);
    return [{ number, scheme, targetPort, rank }];
  });
  return ports.sort((a, b) => b.rank - a.rank)[0] ?? null;
}

/** A ready pod behind the Service, and the number of its port. */
async function readyPod(
  client: KubeClient,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<{ namespace: string; name: string; port: number } | null> {
  const { namespace } = candidate.port;
  const selector = mapAt(candidate.service, 'spec', 'selector');
  if (selector.size === 0) return null;
  const labelSelector = [...selector].map(([key, value]) => `${key}=${value}`).join(',');
  const found = await client.list(pods, namespace, signal, { labelSelector });
  for (const pod of found) {
    if (!selects(selector, labelsOf(pod)) || !isReady(pod)) continue;
    const port = containerPort(pod, candidate.targetPort);
    if (port !== null) return { namespace, name: pod.metadata.name, port };
  }
  return null;
}

const isReady = (pod: KubeObject): boolean =>
  listAt(pod, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );

/** A target port may be a name that each pod explains for itself. */
function containerPort(pod: KubeObject, target: unknown): number | null {
  if (typeof target === 'number') return target;
  for (const container of listAt(pod, 'spec', 'containers')) {
    for (const port of listAt(container, 'ports')) {
      if (textAt(port, 'name') === target) return numberAt(port, 'containerPort');
    }
  }
  return null;
}
