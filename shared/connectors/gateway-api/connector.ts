import { z } from 'zod';
import type { Connector } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { kubeClientOf } from '../kube/client.ts';
import { createDocumentSource } from './documents.ts';
import { createProof } from './proof.ts';
import { findResources, group } from './resources.ts';
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
    const client = kubeClientOf(host.lent);
    if (client === null)
      throw new PeerError(
        'refused',
        'The Gateway API is reached through a Kubernetes connection; open that instead.',
      );
    const resources = await findResources(client, AbortSignal.timeout(15_000));
    const version = (resources.httpRoutes ?? resources.grpcRoutes)?.version;
    if (version === undefined)
      throw new PeerError('notFound', 'This cluster serves neither HTTPRoutes nor GRPCRoutes any more.');
    const world = createRouteWorld(client, resources, host);
    return {
      peer: { product: 'Gateway API', version: `${group}/${version}` },
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
