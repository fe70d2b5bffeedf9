import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import {
  type KubeObject,
  labelsOf,
  listAt,
  mapAt,
  namespaceOf,
  selects,
  textAt,
} from '../../kube/objects.ts';
import { pods, type Resource, services } from '../../kube/resources.ts';
import { findServed } from '../../kube/served.ts';

type Client = Pick<KubeClient, 'read' | 'list' | 'namespaces'>;

/** A Service by its two names. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret whose certificate is shown to callers. */
export interface SecretUse extends ServiceName {
  /** "Ingress shop/edge". */
  readonly usedBy: string;
  /** Whom callers reach by it. */
  readonly services: readonly ServiceName[];
}

const ingressesResource: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'ingresses',
  kind: 'Ingress',
};

/** All of a kind: of all namespaces, or of each that was named. */
export async function listed(
  { list, namespaces }: Client,
  of: Resource,
  signal: AbortSignal,
  query: Readonly<Record<string, string>> = {},
): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    (namespaces ?? [null]).map((namespace) => list(of, namespace, signal, query)),
  );
  return lists.flat();
}

/** Secrets that Ingresses name, each with the Services behind it. */
export async function ingressUses(client: Client, signal: AbortSignal): Promise<SecretUse[]> {
  const ingresses = await listed(client, ingressesResource, signal);
  return ingresses.flatMap((ingress) => {
    const namespace = namespaceOf(ingress);
    const behind = [
      textAt(ingress, 'spec', 'defaultBackend', 'service', 'name'),
      ...listAt(ingress, 'spec', 'rules').flatMap((rule) =>
        listAt(rule, 'http', 'paths').map((path) => textAt(path, 'backend', 'service', 'name')),
      ),
    ];
    const names = [...new Set(behind.filter((name) => name !== null))];
    return listAt(ingress, 'spec', 'tls').flatMap((tls): SecretUse[] => {
      const name = textAt(tls, 'secretName');
      if (name === null) return [];
      return [
        {
          namespace,
          name,
          usedBy: `Ingress ${namespace}/${ingress.metadata.name}`,
          services: names.map((service) => ({ namespace, name: service })),
        },
      ];
    });
  });
}

/** Secrets that listeners of the Gateway API end TLS with; a listener of a Gateway may name one of another namespace. */
export async function gatewayUses(client: Client, signal: AbortSignal): Promise<SecretUse[]> {
  const group = 'gateway.networking.k8s.io';
  const gateways = await findServed(client, [`${group}/v1`, `${group}/v1beta1`], 'Gateway', signal);
  if (gateways === null) return [];
  const uses = (await listed(client, gateways, signal)).flatMap((gateway) => {
    const namespace = namespaceOf(gateway);
    const refs = listAt(gateway, 'spec', 'listeners').flatMap((listener) =>
      listAt(listener, 'tls', 'certificateRefs'),
    );
    return refs.flatMap((ref) => {
      const name = textAt(ref, 'name');
      if (name === null || (textAt(ref, 'kind') ?? 'Secret') !== 'Secret') return [];
      const secret = { namespace: textAt(ref, 'namespace') ?? namespace, name };
      return [{ ...secret, gateway: { namespace, name: gateway.metadata.name } }];
    });
  });
  if (uses.length === 0) return [];
  // Who makes a Gateway's Service notes the Gateway on it.
  const label = `${group}/gateway-name`;
  const before = await listed(client, services, signal, { labelSelector: label }).catch(noneIfDenied);
  return uses.map(({ gateway, ...secret }) => ({
    ...secret,
    usedBy: `Gateway ${gateway.namespace}/${gateway.name}`,
    services: before
      .filter((one) => namespaceOf(one) === gateway.namespace && labelsOf(one).get(label) === gateway.name)
      .map((one) => ({ namespace: gateway.namespace, name: one.metadata.name })),
  }));
}

/** Secrets that Istio's Gateways name; the proxies look for them in their own namespace, whatever that of the Gateway is. */
export async function istioGatewayUses(client: Client, signal: AbortSignal): Promise<SecretUse[]> {
  const group = 'networking.istio.io';
  const gateways = await findServed(client, [`${group}/v1`, `${group}/v1beta1`], 'Gateway', signal);
  if (gateways === null) return [];
  const named = (await listed(client, gateways, signal)).flatMap((gateway) => {
    const secrets = listAt(gateway, 'spec', 'servers').flatMap((server) => [
      textAt(server, 'tls', 'credentialName'),
      ...listAt(server, 'tls', 'credentialNames').map((one) => (typeof one === 'string' ? one : null)),
    ]);
    return secrets.flatMap((name) => (name === null || name === '' ? [] : [{ gateway, name }]));
  });
  if (named.length === 0) return [];
  const [allServices, proxies] = await Promise.all([
    listed(client, services, signal).catch(noneIfDenied),
    proxiesOf(
      client,
      named.map(({ gateway }) => gateway),
      signal,
    ),
  ]);
  return named.flatMap(({ gateway, name }) => {
    const own = proxies.get(gateway) ?? [];
    const usedBy = `Gateway ${namespaceOf(gateway)}/${gateway.metadata.name}`;
    const namespaces = own.length === 0 ? [namespaceOf(gateway)] : [...new Set(own.map(namespaceOf))];
    return namespaces.map((namespace) => ({
      namespace,
      name,
      usedBy,
      services: allServices
        .filter((service) => standsBefore(service, own) && namespaceOf(service) === namespace)
        .map((service) => ({ namespace, name: service.metadata.name })),
    }));
  });
}

/** The pods that each Gateway names by labels. */
async function proxiesOf(
  client: Client,
  gateways: readonly KubeObject[],
  signal: AbortSignal,
): Promise<Map<KubeObject, readonly KubeObject[]>> {
  const bySelector = new Map<string, Promise<readonly KubeObject[]>>();
  const found = new Map<KubeObject, readonly KubeObject[]>();
  for (const gateway of gateways) {
    const labelSelector = [...mapAt(gateway, 'spec', 'selector')]
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    if (labelSelector === '') continue;
    const asked =
      bySelector.get(labelSelector) ?? listed(client, pods, signal, { labelSelector }).catch(noneIfDenied);
    bySelector.set(labelSelector, asked);
    found.set(gateway, await asked);
  }
  return found;
}

const standsBefore = (service: KubeObject, own: readonly KubeObject[]): boolean => {
  const selector = mapAt(service, 'spec', 'selector');
  return own.some((pod) => namespaceOf(pod) === namespaceOf(service) && selects(selector, labelsOf(pod)));
};

/** What stands before a gateway is a help on the map; without it the certificate is told all the same. */
function noneIfDenied(error: unknown): readonly KubeObject[] {
  if (error instanceof PeerError && (error.kind === 'forbidden' || error.kind === 'notFound')) return [];
  throw error;
}
