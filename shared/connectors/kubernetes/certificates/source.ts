import type { CertificateSource } from '../../kit/certificates.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { managedCertificates, readManaged } from './managed.ts';
import { istioRoot, linkerdCertificates } from './meshes.ts';
import { serverCertificate, userCertificate } from './own.ts';
import { readSecrets } from './secrets.ts';
import { gatewayUses, ingressUses, istioGatewayUses } from './secretUses.ts';
import { webhookCertificates } from './webhooks.ts';

/** What of a cluster ends at a certain day: read by those who may, said of the rest. */
export function createCertificateSource(client: KubeClient): CertificateSource {
  return {
    async read(signal) {
      const problems = new Set<string>();
      const say = (problem: string): void => void problems.add(problem);
      const attempt = async <T>(tried: string, read: () => Promise<readonly T[]>): Promise<readonly T[]> => {
        try {
          return await read();
        } catch (error) {
          signal.throwIfAborted();
          // What is not served has no certificates.
          if (!(error instanceof PeerError && error.kind === 'notFound')) say(sayError(error, tried));
          return [];
        }
      };
      const inSecrets = async () => {
        const [managed, ...uses] = await Promise.all([
          attempt('Reading certificates of cert-manager', () => readManaged(client, signal)),
          attempt('Looking for certificates of Ingresses', () => ingressUses(client, signal)),
          attempt('Looking for certificates of Gateways', () => gatewayUses(client, signal)),
          attempt('Looking for certificates of Istio’s Gateways', () => istioGatewayUses(client, signal)),
        ]);
        const { certificates, unused, problems: unissued } = managedCertificates(managed, uses.flat());
        const read = await readSecrets(client, unused, signal);
        for (const text of [...unissued, ...read.problems]) say(text);
        return [...certificates, ...read.certificates];
      };
      const found = await Promise.all([
        inSecrets(),
        attempt('Reading certificates of webhooks', () => webhookCertificates(client, 'validating', signal)),
        attempt('Reading certificates of webhooks', () => webhookCertificates(client, 'mutating', signal)),
        attempt('Reading the mesh’s root certificate', () => istioRoot(client, signal)),
        attempt('Reading Linkerd’s certificates', () => linkerdCertificates(client, signal, say)),
      ]);
      return {
        certificates: [userCertificate(client), serverCertificate(client), ...found].flat(),
        problems: [...problems],
      };
    },
  };
}
