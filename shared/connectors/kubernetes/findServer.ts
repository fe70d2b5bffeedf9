import type { Found } from '../kit/connector.ts';
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
import { createPortForwardTransport } from '../kube/portForward.ts';
import { createProxyTransport, type ServicePort } from '../kube/proxyTransport.ts';
import { pods, services } from '../kube/resources.ts';

/** A server that clusters run under names that are known, and how to tell that it is one. */
export interface Searched {
  readonly connector: string;
  /** "Prometheus". */
  readonly title: string;
  readonly consequence: string;
  /** What its absence means. */
  readonly without: string;
  /** What to do where none is found. */
  readonly advice: string;
  /** Whether it is worth a word that a cluster has none. */
  readonly isMissed: boolean;
  /** Where it usually lives, for those who may not list Services there. */
  readonly homes: readonly (readonly [namespace: string, service: string, port: string])[];
  /** How likely a Service is the one; 0 for what is not. */
  score(name: string, labels: ReadonlyMap<string, string>): number;
  /** Which of its ports is the one, best first. */
  rank(port: number, name: string): number;
  /** Asks what only such a server answers. Throws `PeerError`. */
  check(transport: Transport, signal: AbortSignal): Promise<Answering>;
}

export interface Answering {
  readonly transport: Transport;
  /** "Prometheus 2.53.0". */
  readonly product: string;
}

/** Scores by the names under which it is installed, best first, then by what its labels say, then by a likeness of the name. */
export const scoreOf =
  (names: readonly string[], isLabel: (value: string) => boolean, alike: RegExp): Searched['score'] =>
  (name, labels) => {
    const place = names.indexOf(name);
    const isLabelled = ['app.kubernetes.io/name', 'app'].some((key) => isLabel(labels.get(key) ?? ''));
    if (place >= 0) return 100 - place + (isLabelled ? 10 : 0);
    if (isLabelled) return 50;
    return alike.test(name) ? 20 : 0;
  };

/** Services of every namespace that may be listed, and in words which could not be. */
export interface ListedServices {
  readonly services: readonly KubeObject[];
  readonly unlisted: readonly string[];
}

const triedAtMost = 6;

export const foundOf = (
  { connector, title, consequence }: Searched,
  { transport, product }: Answering,
): Found => ({
  offers: [
    {
      connector,
      title,
      detail: `${product} ${transport.route}`,
      consequence,
      settings: {},
      lent: { transport },
    },
  ],
  absent: [],
});

export const absentOf = ({ connector, title, without }: Searched, detail: string): Found => ({
  offers: [],
  absent: [{ connector, title, detail, consequence: without }],
});

/** Finds one that answers among the Services that look like it. */
export async function findServer(
  client: KubeClient,
  searched: Searched,
  listed: ListedServices,
  signal: AbortSignal,
): Promise<Found> {
  const { title, advice } = searched;
  const missed = (detail: string): Found =>
    searched.isMissed ? absentOf(searched, detail) : { offers: [], absent: [] };
  const candidates = listed.services
    .map((service) => candidateOf(service, searched))
    .filter((candidate) => candidate !== null)
    .sort((a, b) => b.score - a.score);
  if (candidates.length === 0 && client.namespaces !== null) {
    const found = await tryHomes(client, searched, signal);
    if (found !== null) return foundOf(searched, found);
    return missed(
      [
        ...listed.unlisted,
        `Neither your namespaces (${client.namespaces.join(', ')}) nor the usual places have ${title === 'Prometheus' ? 'a Prometheus' : `an ${title}`} that you may reach. ${advice}`,
      ].join(' '),
    );
  }
  if (candidates.length === 0 && listed.unlisted.length > 0)
    return missed(`Services could not be listed to look for one: ${listed.unlisted.join(' ')}`);
  if (candidates.length === 0)
    return missed(`No Service has a name or label by which ${title} is known. ${advice}`);
  const tried: string[] = [];
  for (const candidate of candidates.slice(0, triedAtMost)) {
    const found = await tryCandidate(client, candidate, searched, tried, signal);
    if (found !== null) return foundOf(searched, found);
  }
  return absentOf(searched, `${tried.join(' ')} ${advice}`);
}

/** Lists them once for all that is looked for. */
export async function listServices(client: KubeClient, signal: AbortSignal): Promise<ListedServices> {
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
  return { services: found, unlisted };
}

const asSentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** Who may not list Services elsewhere may still be let through to one in one of its usual places. */
async function tryHomes(
  client: KubeClient,
  { homes, check }: Searched,
  signal: AbortSignal,
): Promise<Answering | null> {
  for (const [namespace, service, port] of homes) {
    try {
      return await check(createProxyTransport(client, { namespace, service, port, scheme: 'http' }), signal);
    } catch {
      if (signal.aborted) throw signal.reason;
    }
  }
  return null;
}

async function tryCandidate(
  client: KubeClient,
  candidate: Candidate,
  { check }: Searched,
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

interface Candidate {
  readonly port: ServicePort;
  readonly service: KubeObject;
  readonly targetPort: unknown;
  readonly score: number;
}

function candidateOf(service: KubeObject, searched: Searched): Candidate | null {
  const { name } = service.metadata;
  const score = searched.score(name, labelsOf(service));
  const port = score === 0 ? null : portOf(service, searched);
  if (port === null || textAt(service, 'spec', 'type') === 'ExternalName') return null;
  return {
    service,
    score,
    targetPort: port.targetPort,
    port: { namespace: namespaceOf(service), service: name, port: String(port.number), scheme: port.scheme },
  };
}

function portOf(
  service: KubeObject,
  searched: Searched,
): { number: number; scheme: 'http' | 'https'; targetPort: unknown } | null {
  const ports = listAt(service, 'spec', 'ports').flatMap((port) => {
    const number = numberAt(port, 'port');
    if (number === null || (textAt(port, 'protocol') ?? 'TCP') !== 'TCP') return [];
    const name = textAt(port, 'name') ?? '';
    const targetPort = numberAt(port, 'targetPort') ?? textAt(port, 'targetPort') ?? number;
    const scheme =
      /^https/.test(name) || textAt(port, 'appProtocol') === 'https' ? ('https' as const) : ('http' as const);
    return [{ number, scheme, targetPort, rank: searched.rank(number, name) }];
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
