import type { FailingService } from './news.ts';
import type { World } from './world.ts';

/** Longer than a slow peer is left alone between two readings. */
const freshMs = 60_000;

/** Services that fail by the newest figures; of figures that nobody reads just now nothing is said. */
export function failingNow(world: Pick<World, 'connections' | 'latest'>, now: number): FailingService[] {
  return [...world.connections.open.values()].flatMap((connection) => {
    const latest = world.latest(connection);
    const isRead = latest?.provenance.some(({ observedAt }) => now - observedAt < freshMs) ?? false;
    if (!isRead) return [];
    const signals = latest?.folded.serviceSignals;
    return connection.topology().services.flatMap(({ id, name, namespace }) => {
      const own = signals?.get(id);
      if (own?.health !== 'failing') return [];
      return [{ id, name, namespace, connectionTitle: connection.title, errorRatio: own.errorRatio }];
    });
  });
}
