import { useReactFlow } from '@xyflow/react';
import { type RefCallback, useCallback, useEffect, useRef } from 'react';
import type { EntityId } from '../../../../shared/model/entity.ts';
import { useElementSize } from '../../../ui/useElementSize.ts';
import { useMotion } from '../../../ui/useMotion.ts';
import { cardSize, type MapCamera, type MapOverlays } from '../MapCanvas.ts';
import { around, type Box, fitViewport, type FreeArea, revealViewport } from './fitViewport.ts';
import { useHand } from './useHand.ts';
import { farthestZoom, grown, leastFit, legibleZoom } from './zoomLevels.ts';

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
  /** To be told which card the keyboard has come to. */
  readonly onKeyboardAt: (id: EntityId) => void;
  /** Whether a pointer is down on the map. */
  readonly handDown: boolean;
  /** The frame's own size. */
  readonly size: { readonly width: number; readonly height: number };
}

/**
 * Moves the picture when asked to, but never under a hand: what is asked for meanwhile comes when it has let go. When its
 * frame changes size, as it does when the inspector opens, everything stays in view if it was and the operator has not moved
 * the picture since; else only what is selected is kept in view.
 */
export function useFlowCamera(
  onCamera: (camera: MapCamera | null) => void,
  selectedIds: readonly EntityId[],
  overlays: () => MapOverlays,
): FlowCamera {
  const flow = useReactFlow();
  const duration = useMotion() ? moveMs : 0;
  const stop = useCallback(() => void flow.setViewport(flow.getViewport()), [flow]);
  const hand = useHand(stop, duration);
  const { move, forget, watch } = hand;
  const frame = useRef<HTMLDivElement | null>(null);
  const selected = useRef(selectedIds);
  useEffect(() => {
    selected.current = selectedIds;
  });
  const [sizeRef, size] = useElementSize<HTMLDivElement>();

  const free = useCallback((): FreeArea | null => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined) return null;
    const { top, bottom, corner, trayShown } = overlays();
    const foot = bottom - (selected.current.length > 0 && !trayShown ? trayPx : 0);
    const y = top - box.top;
    return {
      x: edge,
      y,
      width: Math.max(1, box.width - 2 * edge),
      height: Math.max(1, foot - box.top - y),
      corner: corner && { width: corner.right - box.left - edge, height: foot - corner.top },
    };
  }, [overlays]);

  const fitted = useRef(false);
  const fit = useCallback(
    (how: 'all' | 'legible', ms: number): void => {
      fitted.current = true;
      move((softly) => {
        const room = free();
        if (room === null) return null;
        const nodes = flow.getNodes();
        const ends = new Set(flow.getEdges().flatMap(({ source, target }) => [source, target]));
        const cards = nodes.filter(({ type }) => type === 'service');
        const busy = cards.filter(({ id }) => ends.has(id)).map(boxOf);
        const all = nodes.map(boxOf);
        const any = { minZoom: farthestZoom, maxZoom: largestFit, keep: null };
        const least = how === 'all' ? farthestZoom : leastFit(cards.length, fitViewport(all, room, any).zoom);
        const limits = { ...any, minZoom: least };
        const whole = fitViewport(all, room, limits);
        const chosen = cards.filter(({ id }) => selected.current.includes(id)).map(boxOf);
        const keep = chosen.length === 0 ? null : around(chosen);
        const traffic = busy.length === 0 ? whole : fitViewport(busy, room, { ...limits, keep });
        const view = how === 'all' || whole.zoom >= traffic.zoom * quietShare ? whole : traffic;
        const shown =
          keep === null || how === 'all' ? view : revealViewport(seen(chosen, view.zoom), view, room);
        return flow.setViewport(shown, { duration: softly });
      }, ms);
    },
    [flow, free, move],
  );
  const show = useCallback(
    (ids: readonly EntityId[], ms: number, least = 0): void => {
      move((softly) => {
        const boxes = flow
          .getNodes()
          .filter(({ id }) => ids.includes(id))
          .map(boxOf);
        const room = free();
        if (boxes.length === 0 || room === null) return null;
        const now = flow.getViewport();
        const zoom = Math.max(least, now.zoom);
        // Zoomed about its own place, so that it only moves as far as it must.
        const box = around(boxes);
        const before = {
          x: now.x + (box.x + box.width / 2) * (now.zoom - zoom),
          y: now.y + (box.y + box.height / 2) * (now.zoom - zoom),
          zoom,
        };
        const view = revealViewport(seen(boxes, zoom), before, room);
        if (view.x === now.x && view.y === now.y && view.zoom === now.zoom) return null;
        return flow.setViewport(view, { duration: softly });
      }, ms);
    },
    [flow, free, move],
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
      else show(selected.current, ms);
    });
    return () => cancelAnimationFrame(request);
  }, [size, fit, show, duration]);

  useEffect(() => {
    onCamera({
      fit: () => fit('all', duration),
      open: () => fit('legible', duration),
      zoomIn: () => {
        fitted.current = false;
        move((ms) => flow.zoomIn({ duration: ms }), duration);
      },
      zoomOut: () => {
        fitted.current = false;
        move((ms) => flow.zoomOut({ duration: ms }), duration);
      },
      centreOn: (id) => show([id], duration, legibleZoom),
      reveal: (id) => show([id], duration),
    });
    return () => onCamera(null);
  }, [flow, duration, onCamera, fit, show, move]);

  const frameRef = useCallback(
    (element: HTMLDivElement | null) => {
      frame.current = element;
      if (element === null) return;
      const leaveSize = sizeRef(element);
      const leaveHand = watch(element);
      return () => {
        frame.current = null;
        leaveSize?.();
        leaveHand();
      };
    },
    [sizeRef, watch],
  );
  const onOperatorMoves = useCallback(() => {
    fitted.current = false;
    forget();
  }, [forget]);
  const onKeyboardAt = useCallback((id: EntityId) => show([id], duration), [show, duration]);
  return { frameRef, onOperatorMoves, onKeyboardAt, handDown: hand.down, size };
}

/** What has to be in view of what is selected: one card is drawn larger, the two ends of a call are not. */
function seen(boxes: readonly Box[], zoom: number): Box {
  const box = around(boxes);
  return boxes.length === 1 ? grown(box, zoom) : box;
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
