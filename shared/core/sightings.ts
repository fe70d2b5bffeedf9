import { sayError } from '../connectors/kit/peerError.ts';
import { type CallEvidence, unseenCallers } from '../analysis/observedProtections.ts';
import type { GraphCall } from '../model/graph.ts';
import type { ServiceDetail } from '../model/inspect.ts';
import type { ProxySighting, SightingsObservation } from '../model/observations.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { World } from './world.ts';

/** What callers' proxies say of the callees of some calls, by the first source that hears any; null where none can tell. */
export async function readSightings(
  connection: LiveConnection,
  calls: readonly GraphCall[],
  world: World,
  signal: AbortSignal,
  problems: string[],
): Promise<SightingsObservation | null> {
  const hosts = [...new Set(calls.flatMap(({ calleeId }) => world.service(calleeId)?.hosts ?? []))];
  let silent: SightingsObservation | null = null;
  for (const { session } of connection.sources) {
    if (session.sightings === undefined) continue;
    try {
      const seen = await session.sightings.read(hosts, signal);
      if (seen.proxies.length > 0) return seen;
      silent ??= seen;
    } catch (thrown) {
      problems.push(sayError(thrown, 'Reading what limits and ejections were seen to do'));
    }
  }
  return silent;
}

/** What is known of one call's protections at work. */
export function evidenceOf(
  call: GraphCall,
  sightings: SightingsObservation | null,
  connection: LiveConnection,
  world: World,
): CallEvidence {
  const latest = world.latest(connection);
  const [provenance] = latest?.provenance ?? [];
  return {
    proxies: sightings === null ? [] : proxiesOf(call, sightings, world),
    proxiesSeen: sightings,
    windowSeconds: sightings?.windowSeconds ?? 0,
    instances: world.instances(call.calleeId),
    flags: latest?.folded.callSignals.get(call.id)?.flags ?? null,
    flagsSeen: provenance === undefined ? null : { source: provenance.source, at: provenance.observedAt },
  };
}

/** Callers whose proxies say nothing, as against those that say that nothing happened. */
export function unseenOf(
  calls: readonly GraphCall[],
  sightings: SightingsObservation | null,
  world: World,
): ServiceDetail['unseen'] {
  if (sightings === null) return null;
  const callers = new Map<string, boolean>();
  for (const call of calls) {
    const seen = proxiesOf(call, sightings, world).length > 0;
    callers.set(call.callerId, seen || callers.get(call.callerId) === true);
  }
  return unseenCallers(
    [...callers].map(([id, seen]) => ({
      name: world.service(id)?.name ?? id,
      workloads: world
        .instances(id)
        .map(({ namespace, workload, name }) => `${namespace}/${workload ?? name}`),
      seen,
    })),
    sightings.unheard,
  );
}

/** The proxies of the caller's instances, by their pods. */
function proxiesOf(call: GraphCall, { proxies }: SightingsObservation, world: World): ProxySighting[] {
  const hosts = world.service(call.calleeId)?.hosts ?? [];
  const callers = new Set(
    world.instances(call.callerId).map(({ namespace, name }) => `${namespace}/${name}`),
  );
  return proxies.filter(
    ({ host, namespace, instance }) => hosts.includes(host) && callers.has(`${namespace ?? ''}/${instance}`),
  );
}
