import { PeerError, sayError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { namespaceOf, textAt } from '../../kube/objects.ts';
import { configMaps, pathOf } from '../../kube/resources.ts';
import { servedIn } from '../../kube/served.ts';
import { firstToEnd } from './parse.ts';
import { certificateIn, whyUnread } from './secrets.ts';
import type { Told } from './told.ts';

/** istiod puts what every proxy trusts into each namespace; one of them tells. */
export async function istioRoot(
  { read, namespaces }: Pick<KubeClient, 'read' | 'namespaces'>,
  signal: AbortSignal,
): Promise<Told[]> {
  const name = 'istio-ca-root-cert';
  const namespace = namespaces?.[0] ?? 'default';
  const map = await read(pathOf(configMaps, namespace, name), signal);
  return rootIn(map, 'root-cert.pem', `ConfigMap ${namespace}/${name}`);
}

/** Where Linkerd usually is; its settings lie beside it, in any namespace (its Helm chart). */
const usual = 'linkerd';
const settings = 'linkerd-config';
const trustRoots = 'linkerd-identity-trust-roots';

/** Where Linkerd is served: what its proxies trust, and by what their own certificates are signed, which ends far sooner. */
export async function linkerdCertificates(
  client: KubeClient,
  signal: AbortSignal,
  say: (problem: string) => void,
): Promise<Told[]> {
  if ((await servedIn(client, 'linkerd.io/v1alpha2', signal)).length === 0) return [];
  const { places, looked } = await linkerdPlaces(client, signal);
  const found = await Promise.all(places.map((place) => certificatesAt(client, place, looked, signal, say)));
  return found.flat();
}

interface Places {
  readonly places: readonly string[];
  /** What was looked for in vain; null where it was found. */
  readonly looked: string | null;
}

/** The namespaces of its control planes, by their settings; the usual one where these are nowhere to be seen. */
async function linkerdPlaces(client: KubeClient, signal: AbortSignal): Promise<Places> {
  const query = { fieldSelector: `metadata.name=${settings}` };
  try {
    const lists = await Promise.all(
      (client.namespaces ?? [null]).map((namespace) => client.list(configMaps, namespace, signal, query)),
    );
    const found = lists.flat().filter(({ metadata }) => metadata.name === settings);
    if (found.length > 0) return { places: [...new Set(found.map(namespaceOf))].sort(), looked: null };
    const where = client.namespaces === null ? 'any namespace' : client.namespaces.join(', ');
    return { places: [usual], looked: `a ConfigMap ${settings} was not found in ${where} either` };
  } catch (error) {
    signal.throwIfAborted();
    const why = sayError(error, `looking for ConfigMaps ${settings}`).replace(/\.$/, '');
    return { places: [usual], looked: `whether Linkerd is in another namespace is not known: ${why}` };
  }
}

async function certificatesAt(
  client: KubeClient,
  namespace: string,
  looked: string | null,
  signal: AbortSignal,
  say: (problem: string) => void,
): Promise<Told[]> {
  const roots = `ConfigMap ${namespace}/${trustRoots}`;
  const map = await client.read(pathOf(configMaps, namespace, trustRoots), signal).catch((error: unknown) => {
    signal.throwIfAborted();
    const why =
      error instanceof PeerError && error.kind === 'notFound'
        ? ['there is no such ConfigMap', ...(looked === null ? [] : [looked])].join('; ')
        : sayError(error, 'reading it');
    say(`When Linkerd’s trust root (${roots}) ends is not known: ${why}.`);
    return null;
  });
  const issuer = { namespace, name: 'linkerd-identity-issuer' };
  const where = `Secret ${issuer.namespace}/${issuer.name}`;
  const first = await certificateIn(client.read, issuer, signal).then(firstToEnd, (error: unknown) => {
    signal.throwIfAborted();
    say(`When Linkerd’s issuer (${where}) ends is not known: ${whyUnread(error, namespace)}.`);
    return null;
  });
  return [
    ...(map === null ? [] : rootIn(map, 'ca-bundle.crt', roots)),
    ...(first === null
      ? []
      : [
          {
            kind: 'meshIssuer' as const,
            where,
            usedBy: 'Linkerd’s identity service',
            services: [],
            ...first,
          },
        ]),
  ];
}

function rootIn(map: unknown, key: string, where: string): Told[] {
  const root = firstToEnd(textAt(map, 'data', key) ?? '');
  return root === null ? [] : [{ kind: 'meshRoot', where, usedBy: null, services: [], ...root }];
}
