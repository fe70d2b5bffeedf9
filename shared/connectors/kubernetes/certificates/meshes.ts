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
  const { places, looked } = await linkerdPlaces(client, signal, say);
  const found = await Promise.all(places.map((place) => certificatesAt(client, place, looked, signal, say)));
  return found.flat();
}

interface Places {
  readonly places: readonly string[];
  /** What was looked for in vain; null where it was found. */
  readonly looked: string | null;
}

/** The namespaces of its control planes, by their settings as far as these may be read; the usual one where none is seen. */
async function linkerdPlaces(
  client: KubeClient,
  signal: AbortSignal,
  say: (problem: string) => void,
): Promise<Places> {
  const query = { fieldSelector: `metadata.name=${settings}` };
  const namespaces = client.namespaces ?? [null];
  const answers = await Promise.allSettled(
    namespaces.map((namespace) => client.list(configMaps, namespace, signal, query)),
  );
  signal.throwIfAborted();
  const found = new Set<string>();
  const read: string[] = [];
  const unread: string[] = [];
  const reasons = new Set<string>();
  for (const [index, answer] of answers.entries()) {
    const namespace = namespaces[index] ?? null;
    if (answer.status === 'fulfilled') {
      read.push(namespace ?? 'any namespace');
      for (const one of answer.value) if (one.metadata.name === settings) found.add(namespaceOf(one));
    } else {
      unread.push(namespace ?? 'another namespace');
      reasons.add(sayError(answer.reason, `looking for ConfigMaps ${settings}`).replace(/\.$/, ''));
    }
  }
  const why = `Linkerd is in ${unread.join(', ')} is not known: ${[...reasons].join('; ')}`;
  if (found.size > 0) {
    if (unread.length > 0) say(`Whether ${why}.`);
    return { places: [...found].sort(), looked: null };
  }
  const looked = [
    ...(read.length === 0 ? [] : [`a ConfigMap ${settings} was not found in ${read.join(', ')} either`]),
    ...(unread.length === 0 ? [] : [`whether ${why}`]),
  ];
  return { places: [usual], looked: looked.join('; ') };
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
