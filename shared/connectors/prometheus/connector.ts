import { z } from 'zod';
import type { Connector, Session } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { createAlertSource } from './alerts.ts';
import { createApi } from './api.ts';
import { createAsking, type Asking, type PeerMemory } from './asking.ts';
import { createCountedDenials } from './denials.ts';
import type { Dialect } from './dialect.ts';
import { USUAL_SCRAPE_SECONDS } from './missing.ts';
import { DIALECTS } from './present.ts';
import { createRejects } from './rejects.ts';
import { createConsulSightings, createSightings } from './sightings.ts';
import { createUsageSource } from './usage.ts';
import { createSignals } from './signals.ts';

/** What an offer of Prometheus carries; how to reach it is lent beside. */
export const PrometheusSettings = z.object({
  /** Whose metrics to read, where one Prometheus scrapes the proxies of several meshes; found out when absent. */
  mesh: z.literal('consul').optional(),
});
export type PrometheusSettings = z.infer<typeof PrometheusSettings>;

/** Rates, errors and latency from a Prometheus or anything that speaks its HTTP API. */
export const prometheus: Connector<PrometheusSettings> = {
  id: 'prometheus',
  title: 'Prometheus',
  capabilities: ['signals', 'sightings', 'usage', 'alerts', 'proof', 'denials'],
  settings: PrometheusSettings,
  async open(settings, host) {
    const { transport } = host.lent;
    if (transport === undefined) {
      throw new PeerError(
        'unreachable',
        'Prometheus cannot be opened by itself: it is reached through a cluster or by an address you give.',
      );
    }
    const api = createApi(transport);
    const closing = new AbortController();
    const build = await api.buildInfo(closing.signal);
    const memory: PeerMemory = { skewMs: 0, partedUntil: 0 };
    const begin = (): Asking => createAsking(api, host.clock, memory);
    const signals = await createSignals(begin, productOf(build), host, dialectsOf(settings), closing.signal);
    const session: Session = {
      peer: build,
      server: transport.route,
      user: null,
      permissions: [],
      warnings: [],
      namespaces: null,
      signals,
      alerts: createAlertSource(api, productOf(build), begin),
      usage: createUsageSource(begin, productOf(build), closing.signal),
      denials: createCountedDenials(begin, closing.signal, () => ({
        source: productOf(build),
        scrapeIntervalSeconds: signals.scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS,
      })),
      proof: createRejects(begin, host.clock, () => signals.scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS),
      sightings:
        settings.mesh === 'consul'
          ? createConsulSightings(productOf(build), host.clock)
          : createSightings(begin, host.clock, () => ({
              source: productOf(build),
              scrapeIntervalSeconds: signals.scrapeIntervalSeconds ?? USUAL_SCRAPE_SECONDS,
            })),
      [Symbol.asyncDispose]: () => {
        closing.abort(new Error('the connection was closed'));
        return Promise.resolve();
      },
    };
    return session;
  },
};

const dialectsOf = ({ mesh }: PrometheusSettings): readonly Dialect[] =>
  mesh === undefined ? DIALECTS : DIALECTS.filter(({ id }) => id === mesh);

/** "Prometheus 2.53". */
function productOf(build: { readonly product: string; readonly version: string }): string {
  return [build.product, shortVersion(build.version)].filter((text) => text !== '').join(' ');
}

/** "2.53" of "2.53.0-rc.1": what an operator tells versions by. */
function shortVersion(version: string): string {
  return /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;
}
