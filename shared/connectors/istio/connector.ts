import { z } from 'zod';
import type { Connector } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { type KubeClient, kubeClientFor } from '../kube/client.ts';
import { createDocumentControl } from '../kube/documents/control.ts';
import { listAt, textAt } from '../kube/objects.ts';
import { createAddressSource } from './addresses.ts';
import { createConfiguration } from './configuration.ts';
import { createDenials } from './denials.ts';
import { createDocumentSource } from './documents.ts';
import { createIsolation } from './isolation/isolation.ts';
import { createMesh } from './mesh.ts';
import { createMeshRoots } from './meshRoots.ts';
import { createProtectionProposer } from './protectionForms/proposer.ts';
import { createProtectionSource } from './protections.ts';
import { createRouting } from './routing/routing.ts';
import { createTopologySource } from './topology.ts';
import { createWeights } from './weights.ts';

const Settings = z.object({ version: z.enum(['v1', 'v1beta1', 'v1alpha3']) });
export type IstioSettings = z.infer<typeof Settings>;

/** Istio's documents on a Kubernetes API server: splits and their weights, protections, findings, external services. */
export const istio: Connector<IstioSettings> = {
  id: 'istio',
  title: 'Istio',
  capabilities: [
    'topology',
    'addresses',
    'protections',
    'documents',
    'weights',
    'isolation',
    'protectionEdits',
    'routing',
    'configuration',
    'denials',
  ],
  settings: Settings,
  async open(settings, host) {
    const client = kubeClientFor(host, 'Istio');
    const group = `networking.istio.io/${settings.version}`;
    // Asked once more, for the resources may have gone since they were found.
    await client.read(`/apis/${group}`, AbortSignal.timeout(15_000));
    const mesh = createMesh(client, settings.version, host, await securityVersion(client));
    const meshRoots = createMeshRoots(mesh);
    return {
      peer: { product: 'Istio', version: group },
      server: client.server,
      user: null,
      permissions: [],
      warnings: [],
      namespaces: client.namespaces,
      topology: createTopologySource(mesh),
      protections: createProtectionSource(mesh),
      documents: createDocumentSource(mesh),
      addresses: createAddressSource(mesh),
      weights: createWeights(mesh),
      isolation: createIsolation(mesh),
      protectionEdits: createDocumentControl(mesh, createProtectionProposer(mesh)),
      routing: createRouting(mesh),
      configuration: createConfiguration(mesh, meshRoots),
      denials: createDenials(mesh, meshRoots),
      [Symbol.asyncDispose]: () => mesh[Symbol.asyncDispose](),
    };
  },
};

/** The version in which AuthorizationPolicies are served; null where they are not, or where that cannot be told. */
async function securityVersion(client: KubeClient): Promise<string | null> {
  try {
    const group = await client.read('/apis/security.istio.io', AbortSignal.timeout(15_000));
    const served = listAt(group, 'versions').map((version) => textAt(version, 'version'));
    return ['v1', 'v1beta1'].find((version) => served.includes(version)) ?? null;
  } catch (error) {
    // Without them calls can still be refused and diverted.
    if (error instanceof PeerError) return null;
    throw error;
  }
}
