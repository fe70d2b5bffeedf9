import type { ConnectionId, EntityId } from '../model/entity.ts';
import type { Face, GraphService } from '../model/graph.ts';

/** A service as one system knows it. */
export interface KnownAs extends Pick<Face, 'connectionId' | 'name' | 'namespace' | 'hosts'> {
  readonly serviceId: EntityId;
}

/** How a system knows a node of the map; null where it does not. */
export function faceIn(service: GraphService, connectionId: ConnectionId): KnownAs | null {
  const { id, name, namespace, hosts, faces } = service;
  if (faces !== undefined) return faces.find((face) => face.connectionId === connectionId) ?? null;
  return service.connectionId === connectionId
    ? { serviceId: id, connectionId, name, namespace, hosts }
    : null;
}
