import { PeerError, sayError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { textAt } from '../../kube/objects.ts';
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

const linkerd = 'linkerd';

/** Where Linkerd is served: what its proxies trust, and by what their own certificates are signed, which ends far sooner. */
export async function linkerdCertificates(
  client: KubeClient,
  signal: AbortSignal,
  say: (problem: string) => void,
): Promise<Told[]> {
  if ((await servedIn(client, 'linkerd.io/v1alpha2', signal)).length === 0) return [];
  const name = 'linkerd-identity-trust-roots';
  const roots = `ConfigMap ${linkerd}/${name}`;
  const map = await client.read(pathOf(configMaps, linkerd, name), signal).catch((error: unknown) => {
    signal.throwIfAborted();
    const why =
      error instanceof PeerError && error.kind === 'notFound'
        ? 'there is no such ConfigMap; Podium looks for Linkerd in that namespace alone'
        : sayError(error, 'reading it');
    say(`When Linkerd’s trust root (${roots}) ends is not known: ${why}.`);
    return null;
  });
  const issuer = { namespace: linkerd, name: 'linkerd-identity-issuer' };
  const where = `Secret ${issuer.namespace}/${issuer.name}`;
  const first = await certificateIn(client.read, issuer, signal).then(firstToEnd, (error: unknown) => {
    signal.throwIfAborted();
    say(`When Linkerd’s issuer (${where}) ends is not known: ${whyUnread(error, linkerd)}.`);
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
