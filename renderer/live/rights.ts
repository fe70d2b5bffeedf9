import type { Permission } from '../../shared/model/connection.ts';
import { type RightAsked, deniedRight } from '../../shared/analysis/rights.ts';
import type { ConnectionId } from '../../shared/model/entity.ts';
import { useConnection } from './connections.ts';

/** The permission that the credentials of a connection lack for one thing; null where they have it, or nobody can say. */
export function useDenied(connectionId: ConnectionId | null, asked: RightAsked): Permission | null {
  const connection = useConnection(connectionId);
  return connection === null ? null : deniedRight(connection.permissions, asked);
}
