import { useReactFlow } from '@xyflow/react';
import { type RefCallback, useCallback, useEffect, useRef } from 'react';
import type { EntityId } from '../../../../shared/model/entity.ts';
import { useElementSize } from '../../../ui/useElementSize.ts';
import { useMotion } from '../../../ui/useMotion.ts';
import { cardSize, type MapCamera, type MapOverlays } from '../MapCanvas.ts';
import { type Box, fitViewport, type FreeArea, revealViewport } from './fitViewport.ts';
import { grown, legibleZoom } from './zoomLevels.ts';

/** A map of few services on a large screen is drawn larger than life, but not like a poster. */
const largestFit = 1.2;
/** The quiet services come into a fit as long as the traffic loses no more than this. */
const quietShare = 0.9;
const moveMs = 180;
const edge = 20;
/** What the tray of pending changes will take from the map's foot. */
const trayPx = 70;

interface FlowCamera {
  /** For the element that frames the map. */
  readonly frameRef: RefCallback<HTMLDivElement>;
  /** To be told when the operator pans or zooms. */
  readonly onOperatorMoves: () => void;
}

/**
 * Moves the picture when asked to. When its frame changes size, as it does when the inspector opens, everything stays in view
 * if it was and the operator has not moved the picture since; else only the selected card is kept in view.
 */
export function useFlowCamera(
  onCamera: (camera: MapCamera | null) => void,
  selectedId: EntityId | null,
  overlays: () => MapOverlays,
): FlowCamera {
  const flow = useReactFlow();
  const duration = useMotion() ? moveMs : 0;
  const frame = useRef<HTMLDivElement | null>(null);
  const selected = useRef(selectedId);
  useEffect(() => {
    selected.current = selectedId;
  });
  const fitted = useRef(false);
  const [sizeRef, size] = useElementSize<HTMLDivElement>();

  const free = useCallback((): FreeArea | null => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined) return null;
    const { top, bottom, corner, trayShown } = overlays();
    const foot = bottom - (selected.current !== null && !trayShown ? trayPx : 0);
    const y = top - box.top;
    return {
      x: edge,
      y,
      width: Math.max(1, box.width - 2 * edge),
      height: Math.max(1, foot - box.top - y),
      corner: corner && { width: corner.right - box.left - edge, height: foot - corner.top },
    };
  }, [overlays]);

  const fit = useCallback(
    (how: 'all' | 'legible', ms: number): void => {
      const room = free();
      if (room === null) return;
      const nodes = flow.getNodes();
      const ends = new Set(flow.getEdges().flatMap(({ source, target }) => [source, target]));
      const cards = nodes.filter(({ type }) => type === 'service');
      const busy = cards.filter(({ id }) => ends.has(id)).map(boxOf);
      const all = nodes.map(boxOf);
      const limits = { minZoom: how === 'all' ? 0.1 : legibleZoom, maxZoom: largestFit, keep: null };
      fitted.current = true;
      const whole = fitViewport(all, room, limits);
      const chosen = cards.find(({ id }) => id === selected.current);
      const keep = chosen === undefined ? null : boxOf(chosen);
      const traffic = busy.length === 0 ? whole : fitViewport(busy, room, { ...limits, keep });
      const view = how === 'all' || whole.zoom >= traffic.zoom * quietShare ? whole : traffic;
      const shown =
        keep === null || how === 'all' ? view : revealViewport(grown(keep, view.zoom), view, room);
      void flow.setViewport(shown, { duration: ms });
    },
    [flow, free],
  );
  const show = useCallback(
    (id: EntityId, ms: number, zoom = flow.getZoom()): void => {
      const node = flow.getNode(id);
      const room = free();
      if (node === undefined || room === null) return;
      const now = flow.getViewport();
      // Zoomed about the card's own place, so that it only moves as far as it must.
      const box = boxOf(node);
      const before = {
        x: now.x + (box.x + box.width / 2) * (now.zoom - zoom),
        y: now.y + (box.y + box.height / 2) * (now.zoom - zoom),
        zoom,
      };
      const view = revealViewport(grown(box, zoom), before, room);
      if (view.x === now.x && view.y === now.y && view.zoom === now.zoom) return;
      void flow.setViewport(view, { duration: ms });
    },
    [flow, free],
  );

  const sizeBefore = useRef(size);
  useEffect(() => {
    const before = sizeBefore.current;
    sizeBefore.current = size;
    if (before.width === 0 || size.width === 0) return;
    // A pane that opens moves the picture softly; a frame being dragged has it follow at once.
    const ms = Math.abs(size.width - before.width) > 100 ? duration : 0;
    // React Flow learns of its new size from an observer of its own, which may run after ours.
    const request = requestAnimationFrame(() => {
      if (fitted.current) fit('legible', ms);
      else if (selected.current !== null) show(selected.current, ms);
    });
    return () => cancelAnimationFrame(request);
  }, [size, fit, show, duration]);

  useEffect(() => {
    onCamera({
      fit: () => fit('all', duration),
      open: () => fit('legible', duration),
      zoomIn: () => {
        fitted.current = false;
        void flow.zoomIn({ duration });
      },
      zoomOut: () => {
        fitted.current = false;
        void flow.zoomOut({ duration });
      },
      centreOn: (id) => show(id, duration, Math.max(legibleZoom, flow.getZoom())),
      reveal: (id) => show(id, duration),
    });
    return () => onCamera(null);
  }, [flow, duration, onCamera, fit, show]);

  const frameRef = useCallback(
    (element: HTMLDivElement | null) => {
      frame.current = element;
      return sizeRef(element);
    },
    [sizeRef],
  );
  const onOperatorMoves = useCallback(() => {
    fitted.current = false;
  }, []);
  return { frameRef, onOperatorMoves };
}

function boxOf(node: {
  readonly position: { readonly x: number; readonly y: number };
  readonly width?: number;
  readonly height?: number;
}): Box {
  return {
    ...node.position,
    width: node.width ?? cardSize.width,
    height: node.height ?? cardSize.height,
  };
}
