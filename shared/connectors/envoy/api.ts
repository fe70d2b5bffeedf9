import { z } from 'zod';
import { PeerError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';

const ServerInfo = z.object({
  version: z.string(),
  state: z.string(),
  uptime_current_epoch: z.string(),
  node: z.object({ id: z.string().default(''), cluster: z.string().default('') }).optional(),
});

/** One run of a proxy. */
export interface ServerInfo {
  readonly version: string;
  /** "LIVE", "DRAINING", "PRE_INITIALIZING", "INITIALIZING". */
  readonly state: string;
  readonly uptimeSeconds: number;
  /** What its control plane calls it. */
  readonly node: { readonly id: string; readonly cluster: string };
}

/**
 * The part of an Envoy's admin endpoint that Podium uses; no other file knows its paths. Of all that an endpoint would take, one
 * thing alone is ever written: values of the runtime, in memory. Everything throws `PeerError`.
 */
export interface EnvoyApi {
  readonly route: string;
  serverInfo(signal: AbortSignal): Promise<ServerInfo>;
  clusters(signal: AbortSignal): Promise<unknown>;
  /** Clusters as the control plane sent them, with settings that their statuses do not show. */
  sentClusters(signal: AbortSignal): Promise<unknown>;
  routes(signal: AbortSignal): Promise<unknown>;
  listeners(signal: AbortSignal): Promise<unknown>;
  /** Counters and gauges whose names match a regular expression (RE2). */
  stats(filter: string, signal: AbortSignal): Promise<unknown>;
  /** Layers of the runtime; one that can be changed is named `admin`. */
  runtime(signal: AbortSignal): Promise<unknown>;
  /** Sets values in the layer that is set while it runs, all at once; an empty one takes its key away. Resolves to its answer. */
  setRuntime(values: ReadonlyMap<string, string>, signal: AbortSignal): Promise<string>;
}

/** Reads of the admin endpoint: anything else stands for a change, or tells what no console needs (memory, certificates). */
const readable: ReadonlySet<string> = new Set([
  '/server_info',
  '/clusters',
  '/config_dump',
  '/stats',
  '/runtime',
]);

/** Speaks to one admin endpoint. */
export function createApi(transport: Transport): EnvoyApi {
  const { route } = transport;
  const at = (name: string, query: Readonly<Record<string, string>>): string =>
    `${name}?${new URLSearchParams(query).toString()}`;
  const dump = (resource: string, signal: AbortSignal) =>
    readJson(transport, at('/config_dump', { resource }), signal);
  return {
    route,
    async serverInfo(signal) {
      const read = ServerInfo.safeParse(await readJson(transport, '/server_info', signal));
      if (!read.success)
        throw new PeerError('notThePeer', `What answers ${route} is no Envoy: it says nothing of itself.`);
      const { version, state, uptime_current_epoch: uptime, node } = read.data;
      return {
        version: /(?:^|\/)(\d+\.\d+\.\d+[^/]*)/.exec(version)?.[1] ?? version.slice(0, 40),
        state,
        uptimeSeconds: Number.parseFloat(uptime),
        node: node ?? { id: '', cluster: '' },
      };
    },
    clusters: (signal) => readJson(transport, at('/clusters', { format: 'json' }), signal),
    sentClusters: (signal) => dump('dynamic_active_clusters', signal),
    routes: (signal) => dump('dynamic_route_configs', signal),
    listeners: (signal) => dump('dynamic_listeners', signal),
    stats: (filter, signal) => readJson(transport, at('/stats', { format: 'json', filter }), signal),
    runtime: (signal) => readJson(transport, '/runtime', signal),
    async setRuntime(values, signal) {
      // Envoy takes forms, in which a plus is a plus.
      const body = [...values].map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
      const answer = await transport.request({
        method: 'POST',
        path: '/runtime_modify',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
        signal,
        timeoutMs: 5_000,
      });
      const said = answer.body.replaceAll(/\s+/g, ' ').trim().slice(0, 120);
      if (answer.status !== 200)
        throw new PeerError(
          answer.status === 503 ? 'refused' : 'broken',
          `Setting the runtime of the Envoy ${route}: status ${answer.status} (${said}).`,
          { status: answer.status },
        );
      return said;
    },
  };
}

/** Reads one path that changes nothing. Throws `PeerError`, and sends nothing, for any other. */
export async function readJson(transport: Transport, path: string, signal: AbortSignal): Promise<unknown> {
  const { route } = transport;
  const [name = ''] = path.split('?');
  if (!readable.has(name))
    throw new PeerError(
      'refused',
      `Podium does not ask the admin endpoint ${route} for ${name.slice(0, 60)}.`,
    );
  const answer = await transport.request({ method: 'GET', path, signal, timeoutMs: 5_000 });
  if (answer.status !== 200)
    throw new PeerError(
      answer.status === 404 || answer.status === 405 ? 'notThePeer' : 'broken',
      `Reading ${name} of the Envoy ${route}: status ${answer.status} (${answer.body.replaceAll(/\s+/g, ' ').slice(0, 120)}).`,
      { status: answer.status },
    );
  try {
    return JSON.parse(answer.body) as unknown;
  } catch {
    throw new PeerError('notThePeer', `What answers ${route} is no Envoy: ${name} is not JSON.`);
  }
}
