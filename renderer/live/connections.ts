import { create } from 'zustand';
import type { ConnectionState } from '../../shared/model/connection.ts';
import type { ConnectionId } from '../../shared/model/entity.ts';
import type { GraphService } from '../../shared/model/graph.ts';
import { watch } from '../client/watch.ts';
import { plainConnection } from './plain.ts';

/** What is connected. `receivedAt` is null until the console has said what it has open. */
export const useConnectionStore = create<{
  readonly connections: readonly ConnectionState[];
  readonly receivedAt: number | null;
}>(() => ({ connections: [], receivedAt: null }));

export function useConnections(): readonly ConnectionState[] {
  return useConnectionStore((state) => state.connections);
}

export function useConnection(id: ConnectionId | null): ConnectionState | null {
  return useConnectionStore((state) => state.connections.find((each) => each.id === id) ?? null);
}

/** A service as Kubernetes knows it, also where it goes by another system's name; null where Kubernetes does not. */
export function useKubernetesFace(service: GraphService): Known | null {
  return useConnectionStore(({ connections }) => kubernetesFaceOf(service, connections));
}

type Known = Pick<GraphService, 'connectionId' | 'namespace' | 'name'>;

export function kubernetesFaceOf(
  service: Known & Pick<GraphService, 'faces'>,
  connections: readonly Pick<ConnectionState, 'id' | 'connector'>[],
): Known | null {
  const own = new Set(connections.filter((one) => one.connector === 'kubernetes').map(({ id }) => id));
  return [service, ...(service.faces ?? [])].find(({ connectionId }) => own.has(connectionId)) ?? null;
}

/** Listens to the state of all connections until the returned function is called. */
export function watchConnections(): () => void {
  return watch((client, signal) => client.connections.watch(undefined, { signal }), {
    onValue: (connections) =>
      useConnectionStore.setState({ connections: connections.map(plainConnection), receivedAt: Date.now() }),
  });
}

/** The title of a connection where several are open: what stands in two clusters is told apart by it; else null. */
export function useTitleAmongSeveral(id: string): string | null {
  return useConnectionStore(({ connections }) =>
    connections.length < 2 ? null : (connections.find((each) => each.id === id)?.title ?? null),
  );
}
