import './map.css';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { tripStops } from '../../../shared/analysis/heldTrips.ts';
import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import { useConnectionStore } from '../../live/connections.ts';
import { useTopology } from '../../live/topology.ts';
import { useTrips } from '../../live/trips.ts';
import { useMapCommands } from '../../state/commands.ts';
import { useFilters } from '../../state/filters.ts';
import { forgetHandPositions, placeByHand, type Position, touchMap, useLayout } from '../../state/layout.ts';
import { clearSelection, selectCall, selectService, useSelection } from '../../state/selection.ts';
import { useShown } from '../../state/shown.ts';
import type { Point } from '../../ui/PointMenu.tsx';
import { useElementSize } from '../../ui/useElementSize.ts';
import { Attention } from './Attention.tsx';
import { CallMenu, type CallMenuAt } from './CallMenu.tsx';
import { useDetours } from './detours.ts';
import { FlowCanvas } from './flow/FlowCanvas.tsx';
import type { MapCanvas, MapCall, MapCamera, MapOverlays } from './MapCanvas.ts';
import { MapNotices } from './MapNotices.tsx';
import { MapState } from './MapState.tsx';
import { MapToolbar } from './MapToolbar.tsx';
import { Overview } from './Overview.tsx';
import { ServiceMenu, type ServiceMenuAt } from './ServiceMenu.tsx';
import { UnknownCallers } from './UnknownCallers.tsx';
import { focusInspector, useMapKeys } from './useMapKeys.ts';
import { useMapLayout } from './useMapLayout.ts';

/** What draws the map today; far levels may come from elsewhere behind the same interface. */
const Canvas: MapCanvas = FlowCanvas;

/** The map with what lies on it: overview, attention, toolbar; find and the way to findings are given from outside. */
export function MapPage({ find, findings }: { readonly find: ReactNode; readonly findings: ReactNode }) {
  const shown = useShown();
  const camera = useRef<MapCamera | null>(null);
  const [tidyCount, setTidyCount] = useState(0);
  const { nodes, containers } = useMapLayout(shown, tidyCount);
  const calls = useMapCalls(shown.calls);
  const detours = useDetours(nodes);
  const [menu, setMenu] = useState<CallMenuAt | null>(null);
  const [serviceMenu, setServiceMenu] = useState<ServiceMenuAt | null>(null);
  const openServiceMenu = useCallback((serviceId: EntityId, at: Point) => {
    selectService(serviceId);
    setServiceMenu({ serviceId, ...at });
  }, []);
  const selected = useSelection((state) => state.selected);
  useEffect(() => {
    if (selected !== null) touchMap();
  }, [selected]);
  const known = useTopology((graph) => graph.serviceIds.length);
  const [pageRef, size] = useElementSize<HTMLDivElement>();
  const narrow = size.width > 0 && (size.width < 760 || size.height < 560);
  const onKeyDown = useMapKeys(nodes, calls, camera, openServiceMenu);

  const tidy = useCallback(() => {
    const titles = useConnectionStore.getState().connections.map(({ title }) => title);
    // Positions by hand that could not be forgotten are there again at the next start, no worse.
    void forgetHandPositions(titles).catch(() => undefined);
    setTidyCount((count) => count + 1);
  }, []);
  useCamera(camera, tidy, nodes.length > 0);

  return (
    <div
      className="mapPage"
      ref={pageRef}
      onKeyDown={onKeyDown}
      onKeyDownCapture={touchMap}
      onPointerDownCapture={touchMap}
      onWheelCapture={touchMap}
      role="region"
      aria-label="Map"
    >
      <h2 className="visuallyHidden">Map of services</h2>
      <MapState drawn={nodes.length > 0} />
      {nodes.length > 0 && (
        <Canvas
          nodes={nodes}
          calls={calls}
          containers={containers}
          detours={detours}
          selected={selected}
          overlays={overlaysNow}
          onCamera={(next) => {
            camera.current = next;
          }}
          onSelectService={selectService}
          onSelectCall={selectCall}
          onCallMenu={(callId, at) => setMenu({ callId, ...at })}
          onServiceMenu={openServiceMenu}
          onOpenService={focusInspector}
          onClear={clearSelection}
          onMoveService={moveService}
        />
      )}
      <CallMenu at={menu} onClose={() => setMenu(null)} />
      <ServiceMenu at={serviceMenu} onClose={() => setServiceMenu(null)} />
      <div className="mapTop">
        <Overview shown={shown} />
        {known > 0 && find}
        <MapNotices shownServices={shown.services.length} />
        <UnknownCallers />
      </div>
      <div className="mapBottom">
        {findings}
        <Attention narrow={narrow} />
        {nodes.length > 0 && (
          <MapToolbar camera={camera} onTidy={tidy} picture={{ nodes, calls, containers }} />
        )}
      </div>
    </div>
  );
}

function useMapCalls(ids: readonly CallId[]): readonly MapCall[] {
  const calls = useTopology((graph) => graph.calls);
  const services = useTopology((graph) => graph.services);
  const trips = useTrips();
  return useMemo(
    () =>
      ids.flatMap((id) => {
        const call = calls.get(id);
        if (call === undefined) return [];
        const { callerId, calleeId } = call;
        const caller = services.get(callerId) ?? null;
        const label = `${caller?.name ?? 'unknown'} calls ${services.get(calleeId)?.name ?? 'unknown'}`;
        const held = trips.some((trip) => tripStops(trip, calleeId, caller));
        return [{ id, callerId, calleeId, label: held ? `${label}, held` : label, held }];
      }),
    [ids, calls, services, trips],
  );
}

function useCamera(camera: { readonly current: MapCamera | null }, tidy: () => void, drawn: boolean): void {
  const { toFit, placed } = useLayout();
  const toCentre = useSelection((state) => state.toCentre);
  const { command, count } = useMapCommands();
  const done = useRef(count);
  useEffect(() => {
    if (!drawn || (!toFit && toCentre === null)) return;
    // What was just placed is drawn in this frame, and has its sizes in the next.
    const frame = requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        // Laid out anew meanwhile: that is not drawn yet, and is asked for by itself.
        if (useLayout.getState().placed !== placed) return;
        useLayout.setState({ toFit: false });
        useSelection.setState({ toCentre: null });
        if (toCentre === null) camera.current?.open();
        else camera.current?.centreOn(toCentre);
      }),
    );
    return () => cancelAnimationFrame(frame);
  }, [camera, drawn, placed, toFit, toCentre]);
  // A filter put on or taken off: what is left is shown as large as it can be.
  const filters = useFilters();
  const filtered = useRef(filters);
  useEffect(() => {
    if (filters === filtered.current) return;
    filtered.current = filters;
    const frame = requestAnimationFrame(() => requestAnimationFrame(() => camera.current?.open()));
    return () => cancelAnimationFrame(frame);
  }, [camera, filters]);
  useEffect(() => {
    if (count === done.current) return;
    done.current = count;
    switch (command) {
      case 'fit':
        return camera.current?.fit();
      case 'zoomIn':
        return camera.current?.zoomIn();
      case 'zoomOut':
        return camera.current?.zoomOut();
      case 'tidy':
        return tidy();
      case null:
    }
  }, [camera, command, count, tidy]);
}

function overlaysNow(): MapOverlays {
  const boxOf = (selector: string): DOMRect | null =>
    document.querySelector(selector)?.getBoundingClientRect() ?? null;
  const tray = boxOf('.tray');
  const toolbar = boxOf('.mapToolbar')?.top ?? window.innerHeight;
  return {
    top: (boxOf('.mapTop')?.bottom ?? 0) + 8,
    bottom: Math.min(toolbar, tray?.top ?? toolbar) - 6,
    corner: boxOf('.attention'),
    trayShown: tray !== null,
  };
}

function moveService(id: string, position: Position): void {
  const service = useTopology.getState().services.get(id);
  const connection = useConnectionStore
    .getState()
    .connections.find((each) => each.id === service?.connectionId);
  if (service === undefined || connection === undefined) return;
  // Kept in the window at once; a console that is away takes it with the next move.
  void placeByHand(connection.title, service, position).catch(() => undefined);
}
