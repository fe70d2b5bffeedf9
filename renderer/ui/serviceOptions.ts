import type { ConnectionState } from '../../shared/model/connection.ts';
import type { EntityId } from '../../shared/model/entity.ts';
import type { GraphService } from '../../shared/model/graph.ts';

/** A service as it can be chosen in a list. */
export interface ServiceOption {
  readonly id: EntityId;
  /** "payment · shop", with the connection where several are open. */
  readonly title: string;
}

/** Services of our own clusters, by name. */
export function serviceOptions(
  services: Iterable<GraphService>,
  connections: readonly Pick<ConnectionState, 'id' | 'title'>[],
): readonly ServiceOption[] {
  const titles = new Map(connections.map(({ id, title }) => [id, title]));
  return [...services]
    .filter(({ kind }) => kind === 'service' || kind === 'gateway')
    .map(({ id, name, namespace, connectionId }) => {
      const where = connections.length > 1 ? titles.get(connectionId) : undefined;
      return { id, title: [name, namespace, where].filter((word) => word != null).join(' · ') };
    })
    .sort((a, b) => a.title.localeCompare(b.title, 'en'));
}
