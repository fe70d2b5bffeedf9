import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { keyOf, type KubeObject, namespaceOf, textAt, timeAt } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { distinct } from './secrets.ts';
import { listed, type SecretUse } from './secretUses.ts';
import { joined, someOf, type Told } from './told.ts';

const certificatesResource: Resource = {
  group: 'cert-manager.io',
  version: 'v1',
  plural: 'certificates',
  kind: 'Certificate',
};

/** Documents of cert-manager; none where it is not installed. */
export async function readManaged(
  client: Pick<KubeClient, 'read' | 'list' | 'namespaces'>,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  try {
    return await listed(client, certificatesResource, signal);
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound') return [];
    throw error;
  }
}

/** cert-manager says in its own documents when each ends; no Secret has to be read. */
export function managedCertificates(
  documents: readonly KubeObject[],
  uses: readonly SecretUse[],
): {
  readonly certificates: readonly Told[];
  readonly unused: readonly SecretUse[];
  readonly problems: readonly string[];
} {
  const issued = new Set<string>();
  const unissued: string[] = [];
  const certificates = documents.flatMap((document): Told[] => {
    const endsAt = timeAt(document, 'status', 'notAfter');
    const { name } = document.metadata;
    if (endsAt === null) {
      unissued.push(keyOf(document));
      return [];
    }
    const secret = `${namespaceOf(document)}/${textAt(document, 'spec', 'secretName') ?? name}`;
    issued.add(secret);
    const users = uses.filter((use) => secretOf(use) === secret);
    return [
      {
        kind: 'certManager',
        where: `Certificate ${keyOf(document)}`,
        subject: textAt(document, 'spec', 'commonName') ?? textAt(document, 'spec', 'dnsNames', 0) ?? name,
        usedBy: joined([`Secret ${secret}`, ...new Set(users.map(({ usedBy }) => usedBy))]),
        services: distinct(users.flatMap(({ services }) => services)),
        startsAt: timeAt(document, 'status', 'notBefore'),
        endsAt,
      },
    ];
  });
  const what = unissued.length === 1 ? 'its Secret holds ends' : 'their Secrets hold ends';
  return {
    certificates,
    unused: uses.filter((use) => !issued.has(secretOf(use))),
    problems:
      unissued.length === 0
        ? []
        : [
            `cert-manager has issued nothing for ${unissued.length} ${unissued.length === 1 ? 'Certificate' : 'Certificates'} (${someOf(unissued)}): when what ${what} is not known.`,
          ],
  };
}

const secretOf = ({ namespace, name }: SecretUse): string => `${namespace}/${name}`;
