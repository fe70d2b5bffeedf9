import type { ConnectorHost } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../client.ts';
import { at, type KubeObject, listAt, namespaceOf, textAt } from '../objects.ts';
import type { Resource } from '../resources.ts';
import type { RolloutClaim } from './ownership.ts';

const everyMs = 60_000;
/** Those who ask within this time get the same reading. */
const sharedMs = everyMs / 2;
const limitMs = 30_000;

const rollouts: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
};

/** What Rollouts claim at present; empty until they have been read, and where there are none. */
export interface RolloutClaims extends AsyncDisposable {
  now(): readonly RolloutClaim[];
}

/** Keeps the claims for as long as a session is open. */
export function createRolloutClaims(
  client: KubeClient,
  clock: ConnectorHost['clock'],
  /** They have been read. */
  read: () => void = () => undefined,
): RolloutClaims {
  const closed = new AbortController();
  let claims: readonly RolloutClaim[] = [];
  const following = followRolloutClaims(client, clock, closed.signal, (found) => {
    claims = found;
    read();
  });
  return {
    now: () => claims,
    async [Symbol.asyncDispose]() {
      closed.abort();
      await following;
    },
  };
}

/** Rollouts change their claims rarely, and few clusters have any: they are listed now and then, not watched. */
export async function followRolloutClaims(
  client: KubeClient,
  clock: ConnectorHost['clock'],
  signal: AbortSignal,
  found: (claims: readonly RolloutClaim[]) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const claims = await readShared(client, clock);
      if (signal.aborted) return;
      found(claims);
    } catch (error) {
      // Not served or not allowed: then the field managers of a document still tell.
      if (error instanceof PeerError && (error.kind === 'notFound' || error.kind === 'forbidden')) found([]);
    }
    try {
      await clock.sleep(everyMs, signal);
    } catch {
      return;
    }
  }
}

interface Reading {
  readonly at: number;
  readonly claims: Promise<readonly RolloutClaim[]>;
}

/** Several connectors of one cluster want to know the same. */
const readings = new WeakMap<KubeClient, Reading>();

function readShared(client: KubeClient, clock: ConnectorHost['clock']): Promise<readonly RolloutClaim[]> {
  const now = clock.now();
  const last = readings.get(client);
  if (last !== undefined && now - last.at < sharedMs) return last.claims;
  // Not the signal of whoever asked first: others may go on after they have left.
  const claims = readAll(client, AbortSignal.timeout(limitMs));
  readings.set(client, { at: now, claims });
  return claims;
}

async function readAll(client: KubeClient, signal: AbortSignal): Promise<readonly RolloutClaim[]> {
  const claims: RolloutClaim[] = [];
  for (const namespace of client.namespaces ?? [null]) {
    for (const rollout of await client.list(rollouts, namespace, signal)) claims.push(claimOf(rollout));
  }
  return claims;
}

function claimOf(rollout: KubeObject): RolloutClaim {
  const routing = at(rollout, 'spec', 'strategy', 'canary', 'trafficRouting', 'istio');
  const named = [at(routing, 'virtualService'), ...listAt(routing, 'virtualServices')];
  return {
    rollout: rollout.metadata.name,
    namespace: namespaceOf(rollout),
    virtualServices: named.flatMap((one) => textAt(one, 'name')?.split('/')[0] ?? []),
    routes: routesOf(
      at(rollout, 'spec', 'strategy', 'canary', 'trafficRouting', 'plugins', gatewayPlugin),
      namespaceOf(rollout),
    ),
  };
}

const gatewayPlugin = 'argoproj-labs/gatewayAPI';

/** The plug-in is told where its routes are; where not, they are beside the Rollout. */
function routesOf(plugin: unknown, beside: string): RolloutClaim['routes'] {
  const namespace = textAt(plugin, 'namespace') ?? beside;
  const one = (kind: string, name: string | null) => (name === null ? [] : [{ kind, namespace, name }]);
  return [
    ...one('HTTPRoute', textAt(plugin, 'httpRoute')),
    ...one('GRPCRoute', textAt(plugin, 'grpcRoute')),
    ...listAt(plugin, 'httpRoutes').flatMap((route) => one('HTTPRoute', textAt(route, 'name'))),
    ...listAt(plugin, 'grpcRoutes').flatMap((route) => one('GRPCRoute', textAt(route, 'name'))),
  ];
}
