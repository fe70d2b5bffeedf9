import { useMemo } from 'react';
import { containersOf } from '../../../shared/analysis/layout.ts';
import type { LayoutNode, Position } from '../../../shared/analysis/layoutShapes.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import { useConnections } from '../../live/connections.ts';
import { useSettings } from '../../live/settings.ts';
import { useSplitStore } from '../../live/splits.ts';
import { useTopology } from '../../live/topology.ts';
import { handPositionOf, useLayout } from '../../state/layout.ts';
import type { Shown } from '../../state/shown.ts';
import { layoutNodesOf } from './layoutNodes.ts';
import type { MapContainer, MapNode } from './MapCanvas.ts';
import { useLayoutWorker } from './useLayoutWorker.ts';

interface MapLayout {
  readonly nodes: readonly MapNode[];
  readonly containers: readonly MapContainer[];
}

/**
 * Where everything stands. All services are laid out, shown or not, so that a filter taken off puts them back where they
 * were. `tidyCount` rising lays the whole out anew.
 */
export function useMapLayout(shown: Shown, tidyCount: number): MapLayout {
  const services = useTopology((graph) => graph.services);
  const connections = useConnections();
  const layoutNodes = useLayoutNodes();
  const byHand = useHandPositions();
  const placed = useLayout((state) => state.placed);
  useLayoutWorker(layoutNodes, byHand, tidyCount);

  return useMemo(() => {
    const visible = new Set(shown.services);
    const drawn = layoutNodes.filter(({ id }) => visible.has(id));
    const positions = new Map<EntityId, Position>();
    for (const { id } of drawn) {
      const position = byHand.get(id) ?? placed[id];
      if (position !== undefined) positions.set(id, position);
    }
    const nodes = drawn.flatMap(({ id, height }) => {
      const position = positions.get(id);
      return position === undefined ? [] : [{ id, position, height }];
    });
    const titles = new Map<string, Pick<MapContainer, 'title' | 'environment'>>();
    for (const { id, group } of drawn) {
      const service = services.get(id);
      if (group === null || service === undefined) continue;
      const connection = connections.find((each) => each.id === service.connectionId);
      titles.set(group, {
        title: `${service.namespace} · ${connection?.title ?? 'closed connection'}`,
        environment: connection?.environment ?? 'other',
      });
    }
    const containers = containersOf(drawn, positions).map(({ group, ...box }) => ({
      id: `namespace ${group}`,
      ...(titles.get(group) ?? { title: group, environment: 'other' as const }),
      ...box,
    }));
    return { nodes, containers };
  }, [shown, layoutNodes, byHand, placed, services, connections]);
}

function useLayoutNodes(): readonly LayoutNode[] {
  const services = useTopology((graph) => graph.services);
  const splits = useSplitStore((state) => state.splits);
  return useMemo(() => {
    const withSplit = new Set<EntityId>();
    for (const { serviceId, destinations } of splits) {
      if (serviceId !== null && destinations.length > 1) withSplit.add(serviceId);
    }
    return layoutNodesOf(services.values(), withSplit);
  }, [services, splits]);
}

function useHandPositions(): ReadonlyMap<EntityId, Position> {
  const services = useTopology((graph) => graph.services);
  const connections = useConnections();
  const positions = useSettings((state) => state.settings.positions);
  return useMemo(() => {
    const byHand = new Map<EntityId, Position>();
    for (const service of services.values()) {
      const title = connections.find((each) => each.id === service.connectionId)?.title;
      const position = title === undefined ? null : handPositionOf(positions, title, service);
      if (position !== null) byHand.set(service.id, position);
    }
    return byHand;
  }, [services, connections, positions]);
}
