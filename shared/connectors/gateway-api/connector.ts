import { z } from 'zod';
import type { Connector } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { kubeClientFor } from '../kube/client.ts';
import { createDocumentSource } from './documents.ts';
import { createProof } from './proof.ts';
import { findResources } from './resources.ts';
import { createRouteWorld } from './routeWorld.ts';
import { createWeights } from './weights.ts';

const Settings = z.object({});

/** HTTPRoutes and GRPCRoutes on a Kubernetes API server: splits between Services and what controllers say of them. */
export const gatewayApi: Connector<z.infer<typeof Settings>> = {
  id: 'gateway-api',
  title: 'Gateway API',
  capabilities: ['documents', 'weights', 'proof'],
  settings: Settings,
  async open(_settings, host) {
    const client = kubeClientFor(host, 'The Gateway API');
    const resources = await findResources(client, AbortSignal.timeout(15_000));
    const first = resources.httpRoutes ?? resources.grpcRoutes ?? resources.linkerdRoutes;
    if (first === null)
      throw new PeerError('notFound', 'This cluster serves neither HTTPRoutes nor GRPCRoutes any more.');
    const world = createRouteWorld(client, resources, host);
    return {
      peer: { product: 'Gateway API', version: `${first.group}/${first.version}` },
      server: client.server,
      user: null,
      permissions: [],
      warnings: [],
      namespaces: client.namespaces,
      documents: createDocumentSource(world),
      weights: createWeights(world),
      proof: createProof(world),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
};
