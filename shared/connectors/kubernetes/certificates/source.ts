import type { EndingCertificate } from '../../../model/certificate.ts';
import type { CertificateSource } from '../../kit/certificates.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, listAt, namespaceOf, textAt, timeAt } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { firstToEnd } from './parse.ts';

type Found = Omit<EndingCertificate, 'connectionId'>;
type Client = Pick<KubeClient, 'read' | 'list' | 'reach' | 'namespaces' | 'server'>;

const mostNamed = 4;
const ingressesResource: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'ingresses',
  kind: 'Ingress',
};
const certificatesResource: Resource = {
  group: 'cert-manager.io',
  version: 'v1',
  plural: 'certificates',
  kind: 'Certificate',
};

/** What of a cluster ends at a certain day: read by those who may, said of the rest. */
export function createCertificateSource(client: Client): CertificateSource {
  return {
    async read(signal) {
      const problems = new Set<string>();
      const attempt = async (tried: string, read: () => Promise<Found[]>): Promise<Found[]> => {
        try {
          return await read();
        } catch (error) {
          signal.throwIfAborted();
          // What is not served has no certificates.
          if (!(error instanceof PeerError && error.kind === 'notFound'))
            problems.add(sayError(error, tried));
          return [];
        }
      };
      const found = await Promise.all([
        Promise.resolve(userCertificate(client)),
        attempt('Reading certificates of cert-manager', () =>
          managed(client, signal, (problem) => problems.add(problem)),
        ),
        attempt('Reading certificates of webhooks', () => webhooks(client, 'validating', signal)),
        attempt('Reading certificates of webhooks', () => webhooks(client, 'mutating', signal)),
        attempt('Reading the mesh’s root certificate', () => meshRoot(client, signal)),
      ]);
      await attempt('Looking for certificates of Ingresses', async () => {
        for (const text of await unknownSecrets(client, signal)) problems.add(text);
        return [];
      });
      return { certificates: found.flat(), problems: [...problems] };
    },
  };
}

function userCertificate({ reach, server }: Client): Found[] {
  const { cert } = reach.tls;
  const read = Buffer.isBuffer(cert) || typeof cert === 'string' ? firstToEnd(String(cert)) : null;
  return read === null
    ? []
    : [{ kind: 'user', where: `your kubeconfig, for ${server}`, usedBy: null, ...read }];
}

/** All of a kind: of all namespaces, or of each that was named. */
async function listed(
  { list, namespaces }: Client,
  of: Resource,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const lists = await Promise.all((namespaces ?? [null]).map((namespace) => list(of, namespace, signal)));
  return lists.flat();
}

const someOf = (names: readonly string[]): string =>
  `${names.slice(0, mostNamed).join(', ')}${names.length > mostNamed ? ', …' : ''}`;

/** Podium reads no Secret unasked, so of a certificate in one that nobody looks after only that is said. */
async function unknownSecrets(client: Client, signal: AbortSignal): Promise<string[]> {
  const ingresses = await listed(client, ingressesResource, signal);
  const used = ingresses.flatMap((ingress) =>
    listAt(ingress, 'spec', 'tls').flatMap((tls) => {
      const secret = textAt(tls, 'secretName');
      return secret === null ? [] : [`${namespaceOf(ingress)}/${secret}`];
    }),
  );
  if (used.length === 0) return [];
  const certificates = await listed(client, certificatesResource, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    if (!(error instanceof PeerError)) throw error;
    return error.kind === 'notFound' ? [] : null;
  });
  const managed = new Set(
    certificates?.map((one) => `${namespaceOf(one)}/${textAt(one, 'spec', 'secretName') ?? ''}`),
  );
  const unknown = [...new Set(used)].filter((secret) => !managed.has(secret));
  if (unknown.length === 0) return [];
  const why =
    certificates === null
      ? 'whether cert-manager looks after them cannot be read'
      : 'no cert-manager looks after them';
  return [
    `When the certificates in ${unknown.length} Secrets of Ingresses end is not known (${someOf(unknown)}): ${why}, and Podium reads no Secret unasked.`,
  ];
}

/** cert-manager says in its own documents when each ends; no Secret has to be read. */
async function managed(
  client: Client,
  signal: AbortSignal,
  say: (problem: string) => void,
): Promise<Found[]> {
  const items = await listed(client, certificatesResource, signal);
  const unissued: string[] = [];
  const found = items.flatMap((item): Found[] => {
    const endsAt = timeAt(item, 'status', 'notAfter');
    const { name } = item.metadata;
    const fullName = `${namespaceOf(item)}/${name}`;
    if (endsAt === null) {
      unissued.push(fullName);
      return [];
    }
    const subject = textAt(item, 'spec', 'commonName') ?? textAt(item, 'spec', 'dnsNames', 0) ?? name;
    const usedBy = `Secret ${namespaceOf(item)}/${textAt(item, 'spec', 'secretName') ?? name}`;
    return [{ kind: 'certManager', where: `Certificate ${fullName}`, subject, usedBy, endsAt }];
  });
  if (unissued.length > 0)
    say(
      `cert-manager has issued nothing for ${unissued.length} ${unissued.length === 1 ? 'Certificate' : 'Certificates'} (${someOf(unissued)}): when what their Secrets hold ends is not known.`,
    );
  return found;
}

/** What the API server checks its webhooks by. */
async function webhooks(
  { list }: Client,
  kind: 'validating' | 'mutating',
  signal: AbortSignal,
): Promise<Found[]> {
  const of: Resource = {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: `${kind}webhookconfigurations`,
    kind: kind === 'validating' ? 'ValidatingWebhookConfiguration' : 'MutatingWebhookConfiguration',
  };
  const items = await list(of, null, signal);
  return items.flatMap((item) =>
    listAt(item, 'webhooks').flatMap((hook): Found[] => {
      const bundle = textAt(hook, 'clientConfig', 'caBundle');
      const first = bundle === null ? null : firstToEnd(Buffer.from(bundle, 'base64').toString());
      if (first === null) return [];
      const where = `${kind} webhook ${textAt(hook, 'name') ?? item.metadata.name}`;
      return [{ kind: 'webhook', where, usedBy: null, ...first }];
    }),
  );
}

/** istiod puts what every proxy trusts into each namespace; one of them tells. */
async function meshRoot({ read, namespaces }: Client, signal: AbortSignal): Promise<Found[]> {
  const name = 'istio-ca-root-cert';
  const namespace = namespaces?.[0] ?? 'default';
  const map = await read(`/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${name}`, signal);
  const root = firstToEnd(textAt(map, 'data', 'root-cert.pem') ?? '');
  return root === null
    ? []
    : [{ kind: 'meshRoot', where: `ConfigMap ${namespace}/${name}`, usedBy: null, ...root }];
}
