import { create } from 'zustand';
import type { CallId, EntityId } from '../../shared/model/entity.ts';
import type { GraphCall, GraphService } from '../../shared/model/graph.ts';
import { watch } from '../client/watch.ts';
import { emptyGraph, foldGraph, type Graph } from './graphFold.ts';

/** The shape of the map, with what went wrong in hearing of it. */
export const useTopology = create<Graph & { readonly streamProblem: string | null }>(() => ({
  ...emptyGraph,
  streamProblem: null,
}));

export function useService(id: EntityId | null): GraphService | null {
  return useTopology((graph) => (id === null ? null : (graph.services.get(id) ?? null)));
}

/** The node on the map that stands for a service, whatever system's id it is given; operations bear the id of theirs. */
export function useNodeId(id: EntityId | null): EntityId | null {
  return useTopology((graph) => (id === null ? null : (graph.nodes.get(id) ?? id)));
}

export function useCall(id: CallId | null): GraphCall | null {
  return useTopology((graph) => (id === null ? null : (graph.calls.get(id) ?? null)));
}

/** Listens to the map's shape until the returned function is called. */
export function watchTopology(): () => void {
  return watch((client, signal) => client.graph.watch(undefined, { signal }), {
    onValue: (update) =>
      useTopology.setState((graph) => ({ ...foldGraph(graph, update, Date.now()), streamProblem: null })),
    onProblem: (streamProblem) => useTopology.setState({ streamProblem }),
  });
}
