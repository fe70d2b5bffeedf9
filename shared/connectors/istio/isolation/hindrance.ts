import type { CallTarget, TripMechanism } from '../../../model/trip.ts';
import { PeerError } from '../../kit/peerError.ts';
import { ownerNames, ownershipOf } from '../../kube/documents/ownership.ts';
import { at, type KubeObject, listAt, mapAt, namespaceOf, textAt } from '../../kube/objects.ts';
import { type CallerPods, findCaller } from '../../kube/callerPods.ts';
import type { Resource } from '../../kube/resources.ts';
import { serviceOf, shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';
import { gatewaysServedBy, hasProxy, isAmbient, podsOfHost } from './callers.ts';
import { claimsForMesh, type Governing, governingAll, wildcardClaim } from './governing.ts';

/** What is known of a call before anything is done to it. */
export interface Standing {
  readonly call: CallTarget;
  /** Null where every caller is meant. */
  readonly caller: CallerPods | null;
  /** Gateways that the caller is, if it is one. */
  readonly callerGateways: readonly string[];
  readonly governing: readonly Governing[];
  /** The Kubernetes Service behind the host. */
  readonly service: KubeObject | undefined;
  /** HTTPRoutes of the Gateway API for the same Service. */
  readonly httpRoutes: readonly string[];
}

/** Looks at everything that decides what can be done to a call. */
export async function standingOf(mesh: Mesh, call: CallTarget, signal: AbortSignal): Promise<Standing> {
  await mesh.ready(signal);
  const name = serviceOf(call.host);
  const caller = call.caller === null ? null : findCaller(mesh, call.caller);
  return {
    call,
    caller,
    callerGateways: caller === null ? [] : gatewaysServedBy(mesh, caller.pods),
    governing: governingAll(mesh, call.host),
    service: name === null ? undefined : mesh.services.get(name.namespace, name.name),
    httpRoutes: name === null ? [] : await httpRoutesOf(mesh, name, signal),
  };
}

export const noBreaker = 'A mesh has no breakers to force open: they are in the callers themselves.';

/** Why a call cannot be tripped in one way, in words for the operator; null where it can. */
export function hindranceOf(mesh: Mesh, standing: Standing, how: TripMechanism['kind']): string | null {
  const { call } = standing;
  if (how === 'breaker' || how === 'runtime') return noBreaker;
  if (call.caller !== null && standing.caller === null)
    return `No pod is known to be ${call.caller.name}, so nothing tells its calls from others.`;
  return how === 'deny' ? policyHindrance(mesh, standing) : routeHindrance(mesh, standing);
}

function routeHindrance(
  mesh: Mesh,
  { call, caller, governing, service, httpRoutes }: Standing,
): string | null {
  const name = shortName(call.host);
  if (service !== undefined && isTcpOnly(service))
    return `${name} takes no HTTP: routes refuse and divert requests, not connections.`;
  if (httpRoutes.length > 0)
    return `${httpRoutes.join(', ')} of the Gateway API routes to ${name} too; beside it a VirtualService has no defined effect.`;
  const claims = claimsForMesh(governing);
  if (claims.length > 1)
    return `${claims.map(({ document }) => sayDocument(document)).join(' and ')} claim ${name}; sidecars follow only the older one. Make one of them first.`;
  if (claims.length === 0) {
    const wildcard = wildcardClaim(mesh, call.host);
    if (wildcard !== null)
      return `${sayDocument(wildcard)} governs ${name} by a wildcard; one for ${name} alone would take all its routes away.`;
  }
  for (const { document, targets } of governing) {
    if (targets.length === 0) continue;
    const ownership = ownershipOf(document, mesh.rollouts());
    if (ownership?.decidesWeights === true)
      return `${sayDocument(document)} belongs to ${ownerNames[ownership.owner]}: ${ownership.name}, which would overwrite the whole of it.`;
  }
  return noProxy(mesh, call, caller);
}

/** A trip by routes is in the callers' proxies; where there are none it would be a document without effect. */
function noProxy(mesh: Mesh, call: CallTarget, caller: CallerPods | null): string | null {
  if (!mesh.pods.synced) return null;
  if (caller !== null && caller.pods.length > 0) {
    if (caller.pods.some(hasProxy)) return null;
    const where = caller.pods.some(isAmbient)
      ? 'is in ambient mode, where proxies know no routes'
      : 'has no sidecar';
    return `${call.caller?.name ?? 'The caller'} ${where}: what it calls cannot be changed by a route.`;
  }
  const own = new Set(podsOfHost(mesh, call.host));
  const callers = [...mesh.pods.all()].filter((pod) => !own.has(pod) && hasProxy(pod));
  return callers.length > 0
    ? null
    : 'No pod with a sidecar or gateway was seen: nobody would follow a route.';
}

function policyHindrance(mesh: Mesh, { call, service, caller }: Standing): string | null {
  const name = shortName(call.host);
  if (mesh.authorizationPolicies === null)
    return 'This cluster does not serve AuthorizationPolicies (security.istio.io).';
  const { authorizationPolicies: policies } = mesh;
  if (policies !== null && !policies.synced && !policies.health.ok)
    return `AuthorizationPolicies cannot be read here, so one could not be ended from its marker: ${policies.health.error}`;
  if (service === undefined || mapAt(service, 'spec', 'selector').size === 0)
    return `${name} selects no pods here, so no policy can be put before them.`;
  const pods = podsOfHost(mesh, call.host);
  if (pods.length > 0 && !pods.some((pod) => hasProxy(pod) || isAmbient(pod)))
    return `The pods of ${name} have no sidecar: nothing there would deny a call.`;
  if (caller === null) return null;
  return accountOf(mesh, caller) === null
    ? `A policy knows callers by their service account, and ${call.caller?.name ?? 'this caller'} shares its with others or has several.`
    : null;
}

/** The service account that all pods of a caller have and no others, as `namespace/name`. */
export function accountOf(mesh: Mesh, { pods }: CallerPods): { namespace: string; name: string } | null {
  const [first] = pods;
  if (first === undefined) return null;
  const of = (pod: KubeObject): string => textAt(pod, 'spec', 'serviceAccountName') || 'default';
  const name = of(first);
  const namespace = namespaceOf(first);
  if (pods.some((pod) => of(pod) !== name || namespaceOf(pod) !== namespace)) return null;
  const shared = [...mesh.pods.all()].some(
    (pod) => namespaceOf(pod) === namespace && of(pod) === name && !pods.includes(pod),
  );
  return shared ? null : { namespace, name };
}

const withoutRequests = /^(tcp|udp|tls|mongo|mysql|redis|postgres)(-|$)/;

/** Whether no port of a Service is, or may turn out to be, HTTP. */
function isTcpOnly(service: KubeObject): boolean {
  const ports = listAt(service, 'spec', 'ports');
  return (
    ports.length > 0 &&
    ports.every((port) => {
      const told = textAt(port, 'appProtocol') ?? textAt(port, 'name') ?? '';
      return at(port, 'protocol') === 'UDP' || withoutRequests.test(told.toLowerCase());
    })
  );
}

/** Whether a port of the Service says that it is gRPC. */
export const takesGrpc = (service: KubeObject | undefined): boolean =>
  listAt(service, 'spec', 'ports').some((port) =>
    /^grpc(-|$)/.test((textAt(port, 'appProtocol') ?? textAt(port, 'name') ?? '').toLowerCase()),
  );

const httpRoutes: Resource = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural: 'httproutes',
  kind: 'HTTPRoute',
};

/** HTTPRoutes with this Service as their parent; read when asked, for they are rare beside VirtualServices. */
async function httpRoutesOf(
  mesh: Mesh,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const all = await mesh.client.list(httpRoutes, namespace, signal);
    return all
      .filter((route) =>
        listAt(route, 'spec', 'parentRefs').some(
          (parent) => textAt(parent, 'kind') === 'Service' && textAt(parent, 'name') === name,
        ),
      )
      .map((route) => `HTTPRoute ${namespace}/${route.metadata.name}`);
  } catch (error) {
    // Not served, or not to be seen by these credentials: then there is nothing to warn of.
    if (error instanceof PeerError && (error.kind === 'notFound' || error.kind === 'forbidden')) return [];
    throw error;
  }
}

export const sayDocument = (document: KubeObject): string =>
  `${document.kind} ${namespaceOf(document)}/${document.metadata.name}`;
