import { useReactFlow } from '@xyflow/react';
import { type RefCallback, useCallback, useEffect, useRef } from 'react';
import type { EntityId } from '../../../../shared/model/entity.ts';
import { useElementSize } from '../../../ui/useElementSize.ts';
import { useMotion } from '../../../ui/useMotion.ts';
import { cardSize, type MapCamera } from '../MapCanvas.ts';
import { fitViewport } from './fitViewport.ts';

/** Below this the words on a card cannot be read: a fit that nobody asked for goes no further. */
const legibleZoom = 0.7;
const moveMs = 250;

interface FlowCamera {
  /** For the element that frames the map. */
  readonly frameRef: RefCallback<HTMLDivElement>;
  /** To be told when the operator pans or zooms. */
  readonly onOperatorMoves: () => void;
}

/** Moves the picture when asked to, and keeps all of it in view when its frame changes size. */
export function useFlowCamera(
  onCamera: (camera: MapCamera | null) => void,
  selectedId: EntityId | null,
  overlay: () => DOMRect | null,
): FlowCamera {
  const flow = useReactFlow();
  const duration = useMotion() ? moveMs : 0;
  const frame = useRef<HTMLDivElement | null>(null);
  const selected = useRef(selectedId);
  useEffect(() => {
    selected.current = selectedId;
  });
  // Whether all is in view by our doing and the operator has not moved the picture since: then it stays so when the frame
  // changes its size, as it does when the inspector opens.
  const fitted = useRef(false);
  const [sizeRef, size] = useElementSize<HTMLDivElement>();

  const centreOn = useCallback(
    (id: EntityId): void => {
      const node = flow.getNode(id);
      if (node === undefined) return;
      fitted.current = false;
      const x = node.position.x + cardSize.width / 2;
      const y = node.position.y + (node.height ?? cardSize.height) / 2;
      void flow.setCenter(x, y, { zoom: Math.max(0.75, flow.getZoom()), duration });
    },
    [flow, duration],
  );
  const reveal = useCallback(
    (id: EntityId): void => {
      const node = flow.getNode(id);
      const box = frame.current?.getBoundingClientRect();
      if (node === undefined || box === undefined) return;
      const { x, y } = flow.flowToScreenPosition(node.position);
      const right = x + cardSize.width * flow.getZoom();
      const bottom = y + (node.height ?? cardSize.height) * flow.getZoom();
      if (x < box.left || y < box.top || right > box.right || bottom > box.bottom) centreOn(id);
    },
    [flow, centreOn],
  );

  const sizeBefore = useRef(size);
  const fit = useCallback(
    (minZoom: number, ms: number): void => {
      const box = frame.current?.getBoundingClientRect();
      if (box === undefined) return;
      const cards = flow.getNodes().map(({ position, width, height }) => ({
        ...position,
        width: width ?? cardSize.width,
        height: height ?? cardSize.height,
      }));
      const over = overlay();
      const covered = over && { width: over.right - box.left, height: box.bottom - over.top };
      fitted.current = true;
      void flow.setViewport(fitViewport(cards, box, covered, minZoom), { duration: ms });
    },
    [flow, overlay],
  );
  useEffect(() => {
    const first = sizeBefore.current.width === 0;
    sizeBefore.current = size;
    if (first || !fitted.current) return;
    // React Flow learns of its new size from an observer of its own, which may run after ours.
    const request = requestAnimationFrame(() => {
      fit(legibleZoom, 0);
      if (selected.current === null) return;
      reveal(selected.current);
      fitted.current = true;
    });
    return () => cancelAnimationFrame(request);
  }, [size, fit, reveal]);

  useEffect(() => {
    onCamera({
      fit: () => fit(0.1, duration),
      zoomIn: () => {
        fitted.current = false;
        void flow.zoomIn({ duration });
      },
      zoomOut: () => {
        fitted.current = false;
        void flow.zoomOut({ duration });
      },
      centreOn,
      reveal,
    });
    return () => onCamera(null);
  }, [flow, duration, onCamera, fit, centreOn, reveal]);

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
