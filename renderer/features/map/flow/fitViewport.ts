interface Size {
  readonly width: number;
  readonly height: number;
}
interface Box extends Size {
  readonly x: number;
  readonly y: number;
}
interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Room for what lies over the map: the overview above, the toolbar below. */
const margin = { top: 52, right: 28, bottom: 48, left: 28 } as const;
const gap = 12;

/**
 * The view that shows all boxes, no larger than life. Where some would lie under what covers the bottom left corner, the
 * picture is moved right of it or above it, whichever leaves it larger.
 */
export function fitViewport(
  boxes: readonly Box[],
  frame: Size,
  covered: Size | null,
  minZoom: number,
): Viewport {
  const plain = viewportFor(boxes, frame, margin, minZoom);
  if (covered === null || !boxes.some((box) => isCovered(box, plain, frame, covered))) return plain;
  const beside = viewportFor(boxes, frame, { ...margin, left: covered.width + gap }, minZoom);
  const above = viewportFor(boxes, frame, { ...margin, bottom: covered.height + gap }, minZoom);
  return beside.zoom >= above.zoom ? beside : above;
}

function viewportFor(
  boxes: readonly Box[],
  frame: Size,
  room: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number },
  minZoom: number,
): Viewport {
  if (boxes.length === 0) return { x: 0, y: 0, zoom: 1 };
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - left;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - top;
  const free = { width: frame.width - room.left - room.right, height: frame.height - room.top - room.bottom };
  const zoom = Math.max(minZoom, Math.min(1, free.width / width, free.height / height));
  return {
    x: room.left + (free.width - width * zoom) / 2 - left * zoom,
    y: room.top + (free.height - height * zoom) / 2 - top * zoom,
    zoom,
  };
}

function isCovered(box: Box, { x, y, zoom }: Viewport, frame: Size, covered: Size): boolean {
  return box.x * zoom + x < covered.width && (box.y + box.height) * zoom + y > frame.height - covered.height;
}
