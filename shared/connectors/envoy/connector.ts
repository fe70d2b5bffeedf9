import type { z } from 'zod';
import type { Connector, ConnectorHost, Session } from '../kit/connector.ts';
import { createProxyFleet } from './isolation/fleet.ts';
import { createIsolation } from './isolation/isolation.ts';
import { canBeSet, readRuntime } from './isolation/runtime.ts';
import { createProof } from './proof.ts';
import { type AskedProxy, createProxies, refuseSilence } from './proxies.ts';
import { Form, Settings } from './settings.ts';
import { createSightings } from './sightings.ts';

/** Admin endpoints of Envoys: what each proxy really holds and does, and trips in its memory where it takes them. */
export const envoy: Connector<z.infer<typeof Settings>> = {
  id: 'envoy',
  title: 'Envoy',
  capabilities: ['sightings', 'proof', 'isolation'],
  settings: Settings,
  form: Form,
  open,
};

async function open(settings: z.infer<typeof Settings>, host: ConnectorHost): Promise<Session> {
  const proxies = createProxies(settings, host);
  const inMemory = () => {
    const fleet = createProxyFleet(proxies, host, !settings.onlyProof);
    return {
      isolation: createIsolation(fleet),
      async [Symbol.asyncDispose]() {
        await fleet[Symbol.asyncDispose]();
        await proxies[Symbol.asyncDispose]();
      },
    };
  };
  if (settings.onlyProof)
    return {
      peer: { product: 'Envoy', version: '' },
      server: `${host.lent.proxies?.().length ?? 0} proxies`,
      user: null,
      permissions: [],
      warnings: [],
      namespaces: null,
      proof: createProof(proxies),
      ...inMemory(),
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
          purpose: 'Trips in a single proxy’s memory, gone with its restart',
        },
      ],
      warnings: silent.slice(0, 5).map(({ why }) => why),
      namespaces: null,
      proof: createProof(proxies),
      sightings: createSightings(proxies, host.clock),
      ...inMemory(),
    };
  } catch (error) {
    await proxies[Symbol.asyncDispose]();
    throw error;
  }
}

/** Consul's own bootstrap has none, Istio's has one; null where it does not say. */
const hasAdminLayer = ({ api }: AskedProxy, signal: AbortSignal): Promise<boolean | null> =>
  api.runtime(signal).then(
    (body) => canBeSet(readRuntime(body)),
    () => null,
  );
