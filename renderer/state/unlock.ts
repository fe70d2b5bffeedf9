import { create } from 'zustand';
import type { ConnectionId } from '../../shared/model/entity.ts';

/** Which connection the operator is being asked to unlock; null when nobody is asked. */
export const useUnlock = create<{ readonly connectionId: ConnectionId | null }>(() => ({
  connectionId: null,
}));

/** Asks the operator to unlock a connection, naming cluster and environment. */
export function askToUnlock(connectionId: ConnectionId): void {
  useUnlock.setState({ connectionId });
}

export function closeUnlock(): void {
  useUnlock.setState({ connectionId: null });
}
