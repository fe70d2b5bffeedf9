import type { ConfigDocument, ConfigReach } from '../../model/config.ts';
import type { ConfigSource, ServiceKey } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { ownershipOf, overwrites } from '../kube/documents/ownership.ts';
import { wholeText, writersOf } from '../kube/documents/wholeText.ts';
import { type KubeObject, listAt, mapAt, namespaceOf, textAt } from '../kube/objects.ts';
import { searchMesh } from './configurationSearch.ts';
import { documentsFor } from './documents.ts';
import { qualify } from './hosts.ts';
import type { Mesh } from './mesh.ts';
import type { ReadMeshRoots } from './meshRoots.ts';
import { podsBehind, policiesFor } from './policies.ts';
import { refOf } from './splits.ts';
import { gatewaysOf, hostsOf } from './routes.ts';

/** The mesh documents that shape a service, as configuration that can be edited; nothing of them is secret. */
export function createConfiguration(mesh: Mesh, meshRoots: ReadMeshRoots): ConfigSource {
  return {
    async read(service, signal) {
      await mesh.ready(signal);
      const roots = await meshRoots(podsBehind(mesh, service));
      signal.throwIfAborted();
      const watched = [...documentsFor(mesh, service), ...policiesFor(mesh, service, roots.names)];
      if (watched.length === 0) refuseUnread(mesh);
      // Read anew: a window asks again right after a write, when the watch may not have told of it yet.
      const live = await Promise.all(watched.map((one) => readLive(mesh, one, signal)));
      return live.flatMap((document) => (document === null ? [] : [configOf(mesh, service, document)]));
    },
    reveal: ({ kind }) =>
      Promise.reject(new PeerError('refused', `A ${kind} of the mesh hides nothing: its values are shown.`)),
    search: (query, signal) => searchMesh(mesh, meshRoots, query, signal),
    // The Kubernetes session, which lent this one its client, reads who wrote documents of any kind.
    history: () => Promise.resolve([]),
  };
}

function configOf(mesh: Mesh, service: ServiceKey, document: KubeObject): ConfigDocument {
  mesh.client.seen.note(document);
  const ownership = ownershipOf(document, mesh.rollouts());
  return {
    document: refOf(mesh, document),
    revision: document.metadata.resourceVersion,
    kind: 'mesh',
    entries: [],
    yaml: wholeText(document),
    immutable: false,
    reach: reachOf(document, service),
    writers: writersOf(document).map(({ who, at: when }) => ({ who, at: when })),
    readOnly: ownership !== null && overwrites(ownership) ? ownership.consequence : null,
  };
}

/** The document as it is now; null when it went meanwhile. */
async function readLive(mesh: Mesh, watched: KubeObject, signal: AbortSignal): Promise<KubeObject | null> {
  const resource = mesh.all.find((view) => view.resource.kind === watched.kind)?.resource;
  if (resource === undefined) return watched;
  try {
    return await mesh.client.object(resource, namespaceOf(watched), watched.metadata.name, signal);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    if (error.kind === 'notFound') return null;
    // Listing and watching can be allowed where reading one is not.
    if (error.kind === 'forbidden') return watched;
    throw error;
  }
}

/** No document at all, and a kind that could not be read: that is no word on what configures the service. */
function refuseUnread(mesh: Mesh): void {
  for (const view of mesh.all) {
    if (view.synced || view.health.ok || !view.resource.group.endsWith('.istio.io')) continue;
    throw new PeerError('broken', `${view.resource.kind}s cannot be read: ${view.health.error}`);
  }
}

const pushed =
  'istiod pushes it to them within seconds and nothing is restarted; a proxy that is cut off from istiod keeps what it had.';

/** Which proxies get a document. Callers are named by whom they call: who calls is seen in the traffic only. */
function reachOf(document: KubeObject, service: ServiceKey): ConfigReach[] {
  const to = (how: string): ConfigReach => ({ workload: null, how, arrival: 'hot', why: pushed });
  const spec = document['spec'];
  switch (document.kind) {
    case 'VirtualService': {
      const gateways = gatewaysOf(document);
      const named = gateways.filter((one) => one !== 'mesh');
      return [
        ...(gateways.includes('mesh')
          ? [to(`the sidecars of all who call ${sayHosts(hostsOf(document))}${exported(document)}`)]
          : []),
        ...(named.length === 0
          ? []
          : [to(`the proxies of the gateway${named.length === 1 ? '' : 's'} ${named.join(', ')}`)]),
      ];
    }
    case 'DestinationRule': {
      const host = qualify(textAt(spec, 'host') ?? '', namespaceOf(document));
      const only = sayLabels(mapAt(spec, 'workloadSelector', 'matchLabels'));
      return [to(`the proxies of all who call ${host}${only}${exported(document)}`)];
    }
    case 'ServiceEntry': {
      const hosts = listAt(spec, 'hosts').filter((host) => typeof host === 'string');
      return [to(`the proxies of all who call ${sayHosts(hosts)}${exported(document)}`)];
    }
    case 'Gateway':
      return [to(`the gateway’s own proxies${sayLabels(mapAt(spec, 'selector'))}`)];
    case 'AuthorizationPolicy':
      return [to(`the proxies before the instances of ${service.name}, which let calls in or refuse them`)];
    default:
      return [];
  }
}

const sayHosts = (hosts: readonly string[]): string =>
  hosts.length > 3 ? `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more hosts` : hosts.join(', ');

const sayLabels = (labels: ReadonlyMap<string, string>): string =>
  labels.size === 0
    ? ''
    : `, where pods carry ${[...labels].map(([key, value]) => `${key}=${value}`).join(', ')}`;

/** Where a document is seen at all; everywhere unless it says otherwise. */
function exported(document: KubeObject): string {
  const to = listAt(document, 'spec', 'exportTo').filter((one) => typeof one === 'string');
  if (to.length === 0 || to.includes('*')) return '';
  const namespaces = to.map((one) => (one === '.' ? namespaceOf(document) : one));
  return `, in ${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${namespaces.join(', ')} only`;
}
