import { homedir } from 'node:os';
import { z } from 'zod';
import type { Connector, ConnectorHost, DiscoveredConnection, Session } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { mayI } from '../kube/access.ts';
import { createKubeClient, type KubeClient } from '../kube/client.ts';
import { createDocumentControl } from '../kube/documents/control.ts';
import { createRolloutClaims } from '../kube/documents/rolloutClaims.ts';
import { createKinds } from '../kube/kinds.ts';
import {
  cautionsOf,
  defaultPaths,
  definitionOf,
  type FormerTexts,
  type KubeContext,
  readKubeconfig,
  warningsOf,
} from '../kube/kubeconfig.ts';
import { followFiles } from '../kube/kubeconfigFiles.ts';
import { textAt } from '../kube/objects.ts';
import type { Reach } from '../http/reach.ts';
import { createReach } from '../kube/reach.ts';
import { createAddressSource } from './addresses.ts';
import { createCertificateSource } from './certificates/source.ts';
import { createConfigProposer } from './config/proposer.ts';
import { createConfigSource } from './config/source.ts';
import { createEventSource } from './events.ts';
import { createForwardSource } from './forwards.ts';
import { createLogSource } from './logs/source.ts';
import { createNetworkDenials } from './networkDenials.ts';
import { createNoteBoard } from './notes.ts';
import { createObjectSource } from './objects/source.ts';
import { createOffers } from './offers.ts';
import { readPermissions } from './permissions.ts';
import { createTopologySource } from './topology.ts';
import { createUsageSource } from './usage.ts';
import { createWorkloadControl } from './workloads/control.ts';
import { createRolloutProof } from './workloads/proof.ts';

const Settings = z.object({
  kubeconfig: z.object({ paths: z.array(z.string()).optional(), text: z.string().optional() }),
  context: z.string(),
  /** Namespaces to look at, for those who may not list all. */
  namespaces: z
    .array(z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/))
    .min(1)
    .optional(),
  /** A Prometheus that cannot be reached through the cluster. */
  prometheus: z
    .object({ url: z.string(), headers: z.array(z.object({ name: z.string(), value: z.string() })) })
    .optional(),
});
export type KubernetesSettings = z.infer<typeof Settings>;

/** For all connections: files are what they are, whoever asks. */
const former: FormerTexts = new Map();

/** A cluster by kubeconfig: services, workloads, instances and events; offers the mesh and the metrics it finds. */
export const kubernetes: Connector<KubernetesSettings> = {
  id: 'kubernetes',
  title: 'Kubernetes',
  capabilities: [
    'topology',
    'events',
    'logs',
    'objects',
    'forwards',
    'usage',
    'certificates',
    'denials',
    'addresses',
    'proof',
    'configuration',
    'config',
    'workloads',
    'notes',
  ],
  settings: Settings,
  async discover() {
    const { contexts, problems, missing } = await readKubeconfig({}, former);
    const notes = missing === null ? [] : [`No kubeconfig at ${shortPath(missing)}.`];
    return { candidates: contexts.map(candidateOf), problems, notes };
  },
  follow: (host, signal) => followFiles(defaultPaths, host.clock, signal),
  open,
};

function candidateOf(context: KubeContext): DiscoveredConnection<KubernetesSettings> {
  const who = context.userName === null ? '' : ` as ${context.userName}`;
  const where = context.file === null ? '' : `, from ${shortPath(context.file)}`;
  return {
    title: context.name,
    detail: `${context.cluster.server ?? 'no server'}${who}${where}`,
    settings: { kubeconfig: {}, context: context.name },
    current: context.current,
    definition: definitionOf(context),
    problem: context.problem,
    warnings: warningsOf(context),
  };
}

const shortPath = (path: string): string => {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
};

async function open(settings: KubernetesSettings, host: ConnectorHost): Promise<Session> {
  const read = async () => {
    const { contexts, problems, missing } = await readKubeconfig(settings.kubeconfig, former);
    const gone = missing === null ? [] : [`The kubeconfig file ${missing} does not exist`];
    return {
      context: contexts.find((one) => one.name === settings.context),
      problems: [...problems, ...gone],
    };
  };
  const { context, problems } = await read();
  if (context === undefined) {
    const why = problems.length === 0 ? '' : ` ${problems.join('. ')}.`;
    throw new PeerError(
      'refused',
      `There is no context “${settings.context}” in the kubeconfig any more.${why}`,
    );
  }
  const userNow = async () => {
    const { context: now } = await read();
    // One that leads elsewhere by now has no business with this server: its credentials are not sent there.
    return now !== undefined && definitionOf(now) === definitionOf(context) ? now.user : null;
  };
  const reach = await createReach(context, () => host.clock.now(), host.programs, userNow);
  try {
    // Logging in may take longer than finding out what is there.
    await reach.headers();
    return await openReach(reach, context, settings, host);
  } catch (error) {
    reach.close();
    throw error;
  }
}

async function openReach(
  reach: Reach,
  context: KubeContext,
  settings: KubernetesSettings,
  host: ConnectorHost,
): Promise<Session> {
  const signal = AbortSignal.timeout(30_000);
  const scout = createKubeClient(reach, context.name, null, host);
  const version = await readVersion(scout, signal);
  const user = await readUser(scout, context, signal);
  const scope = await scopeOf(scout, context, settings, signal);
  const client = createKubeClient(reach, context.name, scope.namespaces, host);
  const permissions = await readPermissions(client, scope.namespaces, signal);
  const kinds = createKinds(client);
  const { seen } = client;
  const claims = createRolloutClaims(client, host.clock);
  return {
    peer: { product: 'Kubernetes', version },
    server: client.server,
    user,
    permissions,
    warnings: [...warningsOf(context), ...scope.warnings],
    cautions: cautionsOf(context),
    namespaces: scope.namespaces,
    offers: createOffers(client, settings.prometheus ?? null, host),
    topology: createTopologySource(client, host),
    events: createEventSource(client, host),
    logs: createLogSource(client, host),
    objects: createObjectSource(client, kinds),
    forwards: createForwardSource(client, host),
    usage: createUsageSource(client, host),
    certificates: createCertificateSource(client),
    denials: createNetworkDenials(client),
    addresses: createAddressSource(client),
    notes: createNoteBoard(client, host),
    proof: createRolloutProof(client),
    workloads: createWorkloadControl({ client, host, user, rollouts: claims.now }),
    configuration: createConfigSource(client, host.connectionId, kinds, seen),
    config: createDocumentControl(
      { client, host, rollouts: claims.now },
      createConfigProposer({ client, host, kinds, seen }),
    ),
    async [Symbol.asyncDispose]() {
      await claims[Symbol.asyncDispose]();
      await client[Symbol.asyncDispose]();
    },
  };
}

async function readVersion(client: KubeClient, signal: AbortSignal): Promise<string> {
  const answer = await client.read('/version', signal);
  const version = textAt(answer, 'gitVersion');
  if (version === null)
    throw new PeerError(
      'notThePeer',
      `What answers at ${client.server} is not a Kubernetes API: its /version has no gitVersion.`,
    );
  return version;
}

/** The server's word on who this is; an older server, or one that forbids the question, leaves the kubeconfig's name. */
async function readUser(
  client: KubeClient,
  context: KubeContext,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const answer = await client.review(
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      signal,
    );
    return textAt(answer, 'status', 'userInfo', 'username') ?? context.userName;
  } catch (error) {
    if (
      error instanceof PeerError &&
      (error.kind === 'forbidden' || error.kind === 'notFound' || error.kind === 'refused')
    )
      return context.userName;
    throw error;
  }
}

interface Scope {
  readonly namespaces: readonly string[] | null;
  readonly warnings: readonly string[];
}

/** All namespaces where that is allowed; else those named; else the context's own. */
async function scopeOf(
  client: KubeClient,
  context: KubeContext,
  settings: KubernetesSettings,
  signal: AbortSignal,
): Promise<Scope> {
  if (settings.namespaces !== undefined)
    return { namespaces: [...new Set(settings.namespaces)], warnings: [] };
  const everywhere = { verb: 'list', group: '', resource: 'services', namespace: null };
  if ((await mayI(client, everywhere, signal).catch(() => null)) !== false)
    return { namespaces: null, warnings: [] };
  if (context.namespace === null)
    throw new PeerError(
      'forbidden',
      `Context “${context.name}” may not list services in all namespaces. Name the namespaces you may see and connect again.`,
      { status: 403 },
    );
  return {
    namespaces: [context.namespace],
    warnings: [
      `You may not list services in all namespaces, so only ${context.namespace}, the context’s own, is shown. Name others when connecting.`,
    ],
  };
}
