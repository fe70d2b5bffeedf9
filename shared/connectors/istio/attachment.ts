import { isAmbient } from './isolation/callers.ts';
import { PeerError } from '../kit/peerError.ts';
import type { ServiceKey } from '../kit/reading.ts';
import { at, type KubeObject, labelsOf, listAt, mapAt, namespaceOf, textAt } from '../kube/objects.ts';
import type { Mesh } from './mesh.ts';
import type { MeshRoots } from './meshRoots.ts';

/** The proxy that calls to a Service of ambient mode go through, as labels have it; `unknown`: they cannot be read. */
export type Waypoint =
  | { readonly is: 'none' }
  | {
      readonly is: 'named';
      readonly namespace: string;
      readonly name: string;
      /** Whether these calls certainly go through it: it is there for services, and their caller is in ambient mode. */
      readonly isMet: boolean;
    }
  | { readonly is: 'unknown' };

/** What a policy is attached to, instead of the workloads that it would select. */
interface Target {
  readonly group: string;
  readonly kind: string;
  /** Null for that of the policy, the only one in which it may be. */
  readonly namespace: string | null;
  readonly name: string;
}

interface Attached {
  /** Who heeds it: the waypoint before the callee, or the callee's own instances. */
  readonly place: 'waypoint' | 'instances';
  /** Of what it depends whether calls meet it; null where they do. */
  readonly doubt: string | null;
}

interface Attaching {
  readonly callee: KubeObject | null;
  readonly pods: readonly KubeObject[];
  readonly waypoint: Waypoint;
  /** Where policies for the whole mesh are. */
  readonly roots: Pick<MeshRoots, 'names' | 'doubt'>;
}

const gatewayGroup = 'gateway.networking.k8s.io';
const gatewayName = `${gatewayGroup}/gateway-name`;
const waypointClass = 'istio-waypoint';
const useWaypoint = 'istio.io/use-waypoint';

/** What the policy is attached to by name; nothing where it selects workloads. */
export function targetsOf(policy: KubeObject): readonly Target[] {
  const several = listAt(policy, 'spec', 'targetRefs');
  const single = at(policy, 'spec', 'targetRef');
  return (several.length > 0 || single === undefined ? several : [single]).map((one) => {
    const group = textAt(one, 'group') ?? '';
    return {
      group: group === 'core' ? '' : group,
      kind: textAt(one, 'kind') ?? '',
      namespace: textAt(one, 'namespace'),
      name: textAt(one, 'name') ?? '',
    };
  });
}

/**
 * Whether a policy with targets is in the way of calls: `doubt` is of what that depends, null where it certainly is. Null for one
 * that is elsewhere. Without a waypoint nobody heeds one that is attached to a Service (Istio, policy attachment).
 */
export function attachedTo(
  policy: KubeObject,
  { callee, pods, waypoint, roots }: Attaching,
): Attached | null {
  const found = targetsOf(policy).flatMap((target): Attached[] => {
    const { group, kind, namespace, name } = target;
    const place = namespaceOf(policy);
    if (kind === 'Gateway' && namespace !== null && namespace !== '' && namespace !== place) return [];
    if (group === gatewayGroup && kind === 'Gateway') {
      const served = pods.filter((pod) => labelsOf(pod).get(gatewayName) === name);
      if (callee !== null && place === namespaceOf(callee) && served.length > 0)
        return [{ place: 'instances', doubt: served.length === pods.length ? null : sayWay(target) }];
    }
    if (group === 'networking.istio.io' && kind === 'Gateway')
      // Gateways of this kind are served by whom they select, and only the newest Istio heeds these.
      return pods.some(isGateway) && callee !== null && place === namespaceOf(callee)
        ? [{ place: 'instances', doubt: sayWay(target) }]
        : [];
    if (waypoint.is === 'none' || !isForWaypoint(target, place, callee, waypoint, roots.names)) return [];
    const doubt =
      waypoint.is === 'unknown'
        ? sayWay(target)
        : waypoint.isMet
          ? kind === 'GatewayClass'
            ? roots.doubt(policy, null)
            : null
          : `whether calls go through waypoint ${waypoint.namespace}/${waypoint.name}`;
    return [{ place: 'waypoint', doubt }];
  });
  return found.find(({ doubt }) => doubt === null) ?? found[0] ?? null;
}

const isGateway = (pod: KubeObject): boolean => labelsOf(pod).has('istio') || labelsOf(pod).has(gatewayName);

function isForWaypoint(
  { group, kind, name }: Target,
  place: string,
  callee: KubeObject | null,
  waypoint: Exclude<Waypoint, { is: 'none' }>,
  roots: readonly string[],
): boolean {
  switch (kind) {
    case 'Service':
    case 'ServiceEntry':
      return (
        callee !== null &&
        group === (kind === 'Service' ? '' : 'networking.istio.io') &&
        callee.kind === kind &&
        place === namespaceOf(callee) &&
        name === callee.metadata.name
      );
    case 'GatewayClass':
      return group === gatewayGroup && roots.includes(place) && name === waypointClass;
    case 'Gateway':
      return (
        group === gatewayGroup &&
        (waypoint.is === 'unknown' || (place === waypoint.namespace && name === waypoint.name))
      );
    default:
      return false;
  }
}

const sayWay = ({ kind, name }: Target): string => `whether calls go through ${kind} ${name}`;

/** What the call is to: a Service, else the ServiceEntry that alone has one of its hosts. */
export function calleeObject(mesh: Mesh, { namespace, name, hosts }: ServiceKey): KubeObject | null {
  const service = mesh.services.get(namespace ?? '', name);
  if (service !== undefined) return service;
  const entries = [...mesh.serviceEntries.all()].filter((entry) =>
    listAt(entry, 'spec', 'hosts').some((host) => host === name || hosts.some((one) => one === host)),
  );
  return entries.length === 1 ? (entries[0] ?? null) : null;
}

/** Which waypoint a callee has, by its own label, else by that of its namespace; read where no watch tells it. */
export async function findWaypoint(
  client: Pick<Mesh['client'], 'read' | 'object'>,
  callee: KubeObject,
  callers: readonly KubeObject[],
  signal: AbortSignal,
): Promise<Waypoint> {
  const own = labelsOf(callee);
  const space = own.has(useWaypoint)
    ? null
    : await unlessRefused(
        client.read(`/api/v1/namespaces/${encodeURIComponent(namespaceOf(callee))}`, signal),
        signal,
      );
  const labels = own.has(useWaypoint) ? own : space === null ? null : mapAt(space, 'metadata', 'labels');
  if (labels === null) return { is: 'unknown' };
  const name = labels.get(useWaypoint) ?? '';
  if (name === '' || name === 'none') return { is: 'none' };
  const namespace = labels.get(`${useWaypoint}-namespace`) ?? namespaceOf(callee);
  const isMet =
    callers.length > 0 &&
    callers.every(isAmbient) &&
    servesServices(
      await unlessRefused(
        client.object(
          { group: gatewayGroup, version: 'v1', plural: 'gateways', kind: 'Gateway' },
          namespace,
          name,
          signal,
        ),
        signal,
      ),
      namespace === namespaceOf(callee),
    );
  return { is: 'named', namespace, name, isMet };
}

/** Verdicts ask again and again, labels of namespaces rarely change. */
const keptMs = 30_000;
const mostKept = 100;

/** Which waypoint a callee has, as it was found a moment ago, or anew. */
export function keptWaypoints(mesh: Mesh) {
  const kept = new Map<string, { readonly at: number; readonly waypoint: Waypoint }>();
  return async (callee: KubeObject, callers: readonly KubeObject[], signal: AbortSignal) => {
    const now = mesh.host.clock.now();
    const key = JSON.stringify([
      callee.metadata.uid,
      callee.metadata.resourceVersion,
      callers.length > 0 && callers.every(isAmbient),
    ]);
    const known = kept.get(key);
    if (known !== undefined && now - known.at < keptMs) return known.waypoint;
    const waypoint = await findWaypoint(mesh.client, callee, callers, signal);
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, { at: now, waypoint });
    return waypoint;
  };
}

/** Of the class that takes calls to services, unless told otherwise, and for those of the namespace. */
function servesServices(gateway: unknown, isOwnNamespace: boolean): boolean {
  if (textAt(gateway, 'spec', 'gatewayClassName') !== waypointClass) return false;
  const takes = mapAt(gateway, 'metadata', 'labels').get('istio.io/waypoint-for') ?? 'service';
  const isOpen = listAt(gateway, 'spec', 'listeners').some(
    (listener) => textAt(listener, 'allowedRoutes', 'namespaces', 'from') === 'All',
  );
  return (takes === 'service' || takes === 'all') && (isOwnNamespace || isOpen);
}

/** Null where it is not there or may not be read: then nothing is known of it. */
const unlessRefused = (reading: Promise<unknown>, signal: AbortSignal): Promise<unknown> =>
  reading.catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof PeerError) return null;
    throw error;
  });
