/** A rectangle, in the map's own pixels or in those of its frame. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the picture stands: a point p of the map is drawn at p × zoom + (x, y). */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The frame's room that nothing lies over; `corner` is what covers its bottom left, from that corner. */
export interface FreeArea extends Box {
  readonly corner: { readonly width: number; readonly height: number } | null;
}

interface FitLimits {
  readonly minZoom: number;
  readonly maxZoom: number;
  /** What must be in view where not everything fits. */
  readonly keep: Box | null;
}

const gap = 12;

/**
 * The view that shows all boxes. Where some would lie under what covers the corner, the picture is moved right of it or
 * above it, whichever leaves it larger. Where it does not fit at the least zoom, what is to be kept is in view, else its
 * beginning.
 */
export function fitViewport(boxes: readonly Box[], free: FreeArea, limits: FitLimits): Viewport {
  const plain = viewportFor(boxes, free, limits);
  const { corner } = free;
  if (corner === null || !boxes.some((box) => isCovered(box, plain, free))) return plain;
  const cut = { x: corner.width + gap, y: corner.height + gap };
  const beside = viewportFor(boxes, { ...free, x: free.x + cut.x, width: free.width - cut.x }, limits);
  const above = viewportFor(boxes, { ...free, height: free.height - cut.y }, limits);
  return beside.zoom > above.zoom ? beside : above;
}

/** The least move that brings a box wholly into the free area; the same view when it is there. */
export function revealViewport(box: Box, view: Viewport, free: FreeArea): Viewport {
  const drawn = {
    x: box.x * view.zoom + view.x,
    y: box.y * view.zoom + view.y,
    width: box.width * view.zoom,
    height: box.height * view.zoom,
  };
  let dx = shortMove(drawn.x, drawn.width, free.x, free.width);
  let dy = shortMove(drawn.y, drawn.height, free.y, free.height);
  const moved = { ...view, x: view.x + dx, y: view.y + dy };
  if (free.corner !== null && isCovered(box, moved, free)) {
    const right = free.x + free.corner.width + gap - (drawn.x + dx);
    const up = drawn.y + dy + drawn.height - (free.y + free.height - free.corner.height - gap);
    if (right < up) dx += right;
    else dy -= up;
  }
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** The least box that holds all of them; there must be one. */
export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - x;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - y;
  return { x, y, width, height };
}

function viewportFor(boxes: readonly Box[], free: Box, { minZoom, maxZoom, keep }: FitLimits): Viewport {
  if (boxes.length === 0) return { x: 0, y: 0, zoom: 1 };
  const { x: left, y: top, width, height } = around(boxes);
  const zoom = Math.max(minZoom, Math.min(maxZoom, free.width / width, free.height / height));
  return {
    x: along(left * zoom, width * zoom, free.x, free.width, keep && (keep.x + keep.width / 2) * zoom),
    y: along(top * zoom, height * zoom, free.y, free.height, keep && (keep.y + keep.height / 2) * zoom),
    zoom,
  };
}

/** The shift along one axis: centred where all fits, else with `middle` in the middle as far as there is something to show. */
function along(
  start: number,
  size: number,
  freeStart: number,
  freeSize: number,
  middle: number | null,
): number {
  if (size <= freeSize) return freeStart + (freeSize - size) / 2 - start;
  const first = freeStart - start;
  if (middle === null) return first;
  return Math.min(first, Math.max(first + freeSize - size, freeStart + freeSize / 2 - middle));
}

function shortMove(start: number, size: number, freeStart: number, freeSize: number): number {
  if (start < freeStart || size > freeSize) return freeStart - start;
  return Math.min(0, freeStart + freeSize - (start + size));
}

function isCovered(box: Box, { x, y, zoom }: Viewport, free: FreeArea): boolean {
  if (free.corner === null) return false;
  return (
    box.x * zoom + x < free.x + free.corner.width &&
    (box.y + box.height) * zoom + y > free.y + free.height - free.corner.height
  );
}
