import { anySignal } from '../../connectors/kit/anySignal.ts';
import type { ForwardSource } from '../../connectors/kit/forwards.ts';
import { sayError } from '../../connectors/kit/peerError.ts';
import type { ForwardPlace } from '../../model/forward.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { OneMap } from '../oneMap.ts';
import { Refusal } from '../refusal.ts';
import type { World } from '../world.ts';

/** What forwards through a connection, as it is open now; null where nothing does. */
export const sourceOf = (connection: LiveConnection): ForwardSource | null =>
  connection.sources.find(({ session }) => session.forwards !== undefined)?.session.forwards ?? null;

/** Through which connections a service can be forwarded to, with what the peers say beforehand. */
export async function readForwardPlaces(
  serviceId: string,
  { oneMap, world }: { readonly oneMap: OneMap; readonly world: World },
  signal: AbortSignal | undefined,
): Promise<ForwardPlace[]> {
  const found: ForwardPlace[] = [];
  let problem: string | null = null;
  for (const { connection, service } of oneMap.places(serviceId)) {
    const source = sourceOf(connection);
    if (source === null || service.namespace === null) continue;
    const limit = signal === undefined ? connection.closed : anySignal([connection.closed, signal]);
    const instances = [...world.instances(service.id)].sort(
      (a, b) => Number(b.ready) - Number(a.ready) || (a.name < b.name ? -1 : 1),
    );
    const [first] = instances;
    try {
      const [allowed, ports] = await Promise.all([
        source.allowed(service.namespace, limit).catch(() => null),
        first === undefined ? [] : source.ports(first, limit),
      ]);
      found.push({
        connectionId: connection.id,
        title: connection.title,
        locked: connection.locked,
        namespace: service.namespace,
        allowed,
        instances: instances.map(({ name, uid, ready }) => ({ name, uid, ready })),
        ports: [...ports],
      });
    } catch (thrown) {
      signal?.throwIfAborted();
      problem ??= sayError(thrown, 'Reading the ports of an instance');
    }
  }
  if (found.length === 0)
    throw new Refusal('REFUSED', problem ?? 'No system that knows this service reaches its instances.');
  return found;
}
