import type { EndingCertificate } from '../../../model/certificate.ts';
import type { CertificateSource } from '../../kit/certificates.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { listAt, textAt, timeAt } from '../../kube/objects.ts';
import { firstToEnd } from './parse.ts';

type Found = Omit<EndingCertificate, 'connectionId'>;
type Client = Pick<KubeClient, 'read' | 'reach' | 'namespaces' | 'server'>;

const mostNamed = 4;

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
        attempt('Reading certificates of cert-manager', () => managed(client, signal)),
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

/** The same path for all namespaces, or once for each that was named. */
async function listed(
  { read, namespaces }: Client,
  root: string,
  plural: string,
  signal: AbortSignal,
): Promise<unknown[]> {
  const paths =
    namespaces === null
      ? [`${root}/${plural}`]
      : namespaces.map((namespace) => `${root}/namespaces/${namespace}/${plural}`);
  const lists = await Promise.all(paths.map((path) => read(`${path}?limit=500`, signal)));
  return lists.flatMap((list) => [...listAt(list, 'items')]);
}

/** Podium reads no Secret unasked, so of a certificate in one that nobody looks after only that is said. */
async function unknownSecrets(client: Client, signal: AbortSignal): Promise<string[]> {
  const ingresses = await listed(client, '/apis/networking.k8s.io/v1', 'ingresses', signal);
  const used = ingresses.flatMap((ingress) =>
    listAt(ingress, 'spec', 'tls').flatMap((tls) => {
      const secret = textAt(tls, 'secretName');
      return secret === null ? [] : [`${textAt(ingress, 'metadata', 'namespace') ?? ''}/${secret}`];
    }),
  );
  if (used.length === 0) return [];
  const certificates = await listed(client, '/apis/cert-manager.io/v1', 'certificates', signal).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof PeerError) return [];
      throw error;
    },
  );
  const managed = new Set(
    certificates.map(
      (one) => `${textAt(one, 'metadata', 'namespace') ?? ''}/${textAt(one, 'spec', 'secretName') ?? ''}`,
    ),
  );
  const unknown = [...new Set(used)].filter((secret) => !managed.has(secret));
  if (unknown.length === 0) return [];
  const some = unknown.slice(0, mostNamed).join(', ');
  return [
    `When the certificates in ${unknown.length} Secrets of Ingresses end is not known (${some}${unknown.length > mostNamed ? ', …' : ''}): no cert-manager looks after them, and Podium reads no Secret unasked.`,
  ];
}

/** cert-manager says in its own documents when each ends; no Secret has to be read. */
async function managed(client: Client, signal: AbortSignal): Promise<Found[]> {
  const items = await listed(client, '/apis/cert-manager.io/v1', 'certificates', signal);
  return items.flatMap((item): Found[] => {
    const endsAt = timeAt(item, 'status', 'notAfter');
    if (endsAt === null) return [];
    const namespace = textAt(item, 'metadata', 'namespace') ?? '';
    const name = textAt(item, 'metadata', 'name') ?? '';
    const subject = textAt(item, 'spec', 'commonName') ?? textAt(item, 'spec', 'dnsNames', 0) ?? name;
    const usedBy = `Secret ${namespace}/${textAt(item, 'spec', 'secretName') ?? name}`;
    return [{ kind: 'certManager', where: `Certificate ${namespace}/${name}`, subject, usedBy, endsAt }];
  });
}

/** What the API server checks its webhooks by. */
async function webhooks(
  { read }: Client,
  kind: 'validating' | 'mutating',
  signal: AbortSignal,
): Promise<Found[]> {
  const plural = `${kind}webhookconfigurations`;
  const list = await read(`/apis/admissionregistration.k8s.io/v1/${plural}?limit=500`, signal);
  return listAt(list, 'items').flatMap((item) =>
    listAt(item, 'webhooks').flatMap((hook): Found[] => {
      const bundle = textAt(hook, 'clientConfig', 'caBundle');
      const first = bundle === null ? null : firstToEnd(Buffer.from(bundle, 'base64').toString());
      if (first === null) return [];
      const where = `${kind} webhook ${textAt(hook, 'name') ?? textAt(item, 'metadata', 'name') ?? ''}`;
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
