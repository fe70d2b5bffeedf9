import { createOriginTransport } from '../http/originTransport.ts';
import type { Found } from '../kit/connector.ts';
import { sayError } from '../kit/peerError.ts';
import { knownProxies } from './knownProxies.ts';
import type { Registry } from './registry.ts';
import type { ConsulSettings } from './settings.ts';

/** What else can be reached through a data centre: a Prometheus that was named, and the proxies that it registers. */
export async function findOffers(
  settings: ConsulSettings,
  registry: Registry,
  signal: AbortSignal,
): Promise<Found> {
  const found = [await findPrometheus(settings, registry), await findProxies(settings, registry, signal)];
  return {
    offers: found.flatMap(({ offers }) => offers),
    absent: found.flatMap(({ absent }) => absent),
  };
}

/** Consul keeps no figures; sidecars do, for a Prometheus that only the operator can name. */
async function findPrometheus({ prometheus }: ConsulSettings, { host }: Registry): Promise<Found> {
  const about = { connector: 'prometheus', title: 'Prometheus' };
  const absent = (detail: string): Found => ({
    offers: [],
    absent: [{ ...about, detail, consequence: 'No rates, errors or latency, and no proof by traffic.' }],
  });
  if (prometheus === undefined) return absent('No address was given of one that scrapes the sidecars.');
  try {
    const transport = await createOriginTransport(
      { address: prometheus.url, headers: prometheus.headers },
      host,
    );
    return {
      offers: [
        {
          ...about,
          detail: transport.route,
          consequence: 'Rates, errors and latency of calls, and proof by traffic.',
          settings: { mesh: 'consul' },
          lent: { transport },
        },
      ],
      absent: [],
    };
  } catch (error) {
    return absent(sayError(error, 'Reaching the Prometheus that was given'));
  }
}

/** Admin endpoints of sidecars, as far as they are registered and the operator approved of where they are. */
async function findProxies(
  { mayLeadTo = '' }: ConsulSettings,
  registry: Registry,
  signal: AbortSignal,
): Promise<Found> {
  const about = { connector: 'envoy', title: 'Envoy' };
  const absent = (detail: string): Found => ({
    offers: [],
    absent: [{ ...about, detail, consequence: 'What proxies have loaded cannot be seen.' }],
  });
  await registry.ready(signal);
  const proxies = knownProxies(registry);
  const named = proxies.filter(({ address }) => address !== null).length;
  if (proxies.length === 0) return absent('No sidecar is registered.');
  if (named === 0)
    return absent(
      `None of ${proxies.length} sidecars is registered with the address of its admin endpoint (Meta envoy-admin-address).`,
    );
  if (mayLeadTo === '')
    return absent(
      `${named} sidecars are registered with the address of their admin endpoint, and none was approved for this connection (“May lead to”).`,
    );
  return {
    offers: [
      {
        ...about,
        detail: `admin endpoints of ${named} of ${proxies.length} registered sidecars`,
        consequence: 'What proxies have loaded: weights, limits and ejections.',
        settings: { mayLeadTo },
        lent: { proxies: () => knownProxies(registry) },
      },
    ],
    absent: [],
  };
}
