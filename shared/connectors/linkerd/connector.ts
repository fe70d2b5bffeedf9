import { z } from 'zod';
import type { Connector } from '../kit/connector.ts';
import { kubeClientFor } from '../kube/client.ts';
import { createDocumentControl } from '../kube/documents/control.ts';
import { createDocumentSource } from './documents.ts';
import { isLinkerdForm } from './forms.ts';
import { createLinkerdWorld, findLinkerdResources } from './linkerdWorld.ts';
import { createProtectionSource } from './protections.ts';
import { createProtectionProposer } from './proposer.ts';

const Settings = z.object({ served: z.string() });

/** What Linkerd is told by annotations of Services and routes; routes and their weights are the Gateway API's. */
export const linkerd: Connector<z.infer<typeof Settings>> = {
  id: 'linkerd',
  title: 'Linkerd',
  capabilities: ['documents', 'protections', 'protectionEdits'],
  caveat:
    'Its annotations were proven on a real API server; no proxy of Linkerd’s ran there, so what it makes of them is told by its documentation.',
  settings: Settings,
  async open(settings, host) {
    const client = kubeClientFor(host, 'Linkerd');
    const resources = await findLinkerdResources(client, AbortSignal.timeout(15_000));
    const world = createLinkerdWorld(client, resources, host);
    return {
      peer: { product: 'Linkerd', version: settings.served },
      server: client.server,
      user: null,
      permissions: [],
      warnings: [],
      namespaces: client.namespaces,
      documents: createDocumentSource(world),
      protections: createProtectionSource(world),
      protectionEdits: {
        ...createDocumentControl(world, createProtectionProposer(world)),
        takes: ({ formId }) => isLinkerdForm(formId),
      },
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
};
