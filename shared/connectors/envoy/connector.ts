import { z } from 'zod';
import type { Connector, ConnectorHost, Session } from '../kit/connector.ts';
import { createProof } from './proof.ts';
import { type AskedProxy, createProxies, refuseSilence } from './proxies.ts';
import { Form, Settings } from './settings.ts';
import { createSightings } from './sightings.ts';

/** Admin endpoints of Envoys: what each proxy really holds and does. Nothing is changed there. */
export const envoy: Connector<z.infer<typeof Settings>> = {
  id: 'envoy',
  title: 'Envoy',
  capabilities: ['sightings', 'proof'],
  settings: Settings,
  form: Form,
  open,
};

async function open(settings: z.infer<typeof Settings>, host: ConnectorHost): Promise<Session> {
  const proxies = createProxies(settings, host);
  if (settings.onlyProof)
    return {
      peer: { product: 'Envoy', version: '' },
      server: `${host.lent.proxies?.().length ?? 0} proxies`,
      user: null,
      permissions: [],
      warnings: [],
      namespaces: null,
      proof: createProof(proxies),
      [Symbol.asyncDispose]: () => proxies[Symbol.asyncDispose](),
    };
  try {
    const signal = AbortSignal.timeout(30_000);
    const { asked, silent } = await proxies.read(signal);
    refuseSilence({ asked, silent });
    const versions = [...new Set(asked.map(({ info }) => info.version))].sort();
    const [first] = asked;
    return {
      peer: { product: 'Envoy', version: versions.join(', ') },
      server: asked.length === 1 ? (first?.api.route.replace(/^at /, '') ?? '') : `${asked.length} proxies`,
      user: null,
      permissions: [
        {
          verb: 'change',
          resource: 'runtime',
          namespace: null,
          allowed: first === undefined ? null : await hasAdminLayer(first, signal),
          purpose: 'trips in a single proxy’s memory, gone with its restart; Podium makes none',
        },
      ],
      warnings: silent.slice(0, 5).map(({ why }) => why),
      namespaces: null,
      proof: createProof(proxies),
      sightings: createSightings(proxies, host.clock),
      [Symbol.asyncDispose]: () => proxies[Symbol.asyncDispose](),
    };
  } catch (error) {
    await proxies[Symbol.asyncDispose]();
    throw error;
  }
}

const Runtime = z.object({ layers: z.array(z.string()) });

/** Consul's own bootstrap has none, Istio's has one; null where it does not say. */
async function hasAdminLayer({ api }: AskedProxy, signal: AbortSignal): Promise<boolean | null> {
  const read = Runtime.safeParse(await api.runtime(signal).catch(() => null)).data;
  return read === undefined ? null : read.layers.includes('admin');
}
