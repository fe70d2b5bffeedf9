import type { LayoutEdge, LayoutNode } from '../../../shared/analysis/layoutShapes.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import { cardSize } from './MapCanvas.ts';

/** What the layout is given of each service; those outside of all namespaces stand free. */
export function layoutNodesOf(
  services: Iterable<GraphService>,
  withSplit: ReadonlySet<EntityId>,
): readonly LayoutNode[] {
  return [...services].map((service) => ({
    id: service.id,
    group: groupOf(service),
    width: cardSize.width,
    height: withSplit.has(service.id) ? cardSize.splitHeight : cardSize.height,
  }));
}

export function layoutEdgesOf(calls: Iterable<GraphCall>): readonly LayoutEdge[] {
  return [...calls].map((call) => ({ from: call.callerId, to: call.calleeId }));
}

/** The container a service stands in: its namespace within its connection. */
export function groupOf(service: GraphService): string | null {
  if (service.namespace === null || service.kind === 'external' || service.kind === 'unknown') return null;
  return `${service.connectionId}/${service.namespace}`;
}

/**
 * Whether the picture deserves a new layout rather than patches: services are known before the traffic between them is, and
 * a layout made without calls is none. Later growth is patched, so that nothing jumps.
 */
export function deservesFreshLayout(callsWhenLaidOut: number, callsNow: number): boolean {
  return callsNow > callsWhenLaidOut * 2;
}
