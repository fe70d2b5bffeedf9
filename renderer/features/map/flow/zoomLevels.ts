import { around, type Box } from './fitViewport.ts';

/** How much a card says: its name; name and rate; everything; everything, and all calls their figures. */
export type Detail = 'far' | 'mid' | 'near' | 'close';

/** Words keep a readable size by becoming fewer as the picture becomes smaller. */
export function detailAt(zoom: number): Detail {
  // The fit that stops at what is legible has all it says.
  if (zoom < legibleZoom - 0.01) return 'far';
  if (zoom < 0.86) return 'mid';
  return zoom < 1.25 ? 'near' : 'close';
}

/** Words of a middling picture, in its own pixels: from 11 px on the screen at the zoom that each begins at. */
const midText = [
  { from: 0, px: 17.8 },
  { from: 0.69, px: 16 },
  { from: 0.77, px: 14.4 },
] as const;

/** How large words are drawn where the picture is middling, so that they stay near the size that the selected card has. */
export function midTextAt(zoom: number): number {
  return midText.findLast(({ from }) => zoom >= from)?.px ?? midText[0].px;
}

/** Below this the figures on a card cannot be read: a fit that nobody asked for goes no further. */
export const legibleZoom = 0.62;
/** Below this its name cannot be read either: so far goes the fit of a map of few, of which none must be out of sight. */
const namesZoom = 0.38;
const few = 12;

/** How small the picture may become by itself, by the number of cards and the zoom at which all are seen. */
export function leastFit(cards: number, wholeZoom: number): number {
  return cards <= few && wholeZoom >= namesZoom ? Math.min(legibleZoom, wholeZoom) : legibleZoom;
}

/** However large the map: below this its cards are specks. */
export const farthestZoom = 0.1;
/** Names can still be told from each other; there is no going further out unless all of it needs more. */
const farEnough = 0.3;

/** How far out the picture can be zoomed: until names are specks, or as far as it takes to see everything with some room. */
export function leastZoomOf(
  boxes: readonly Box[],
  frame: { readonly width: number; readonly height: number },
): number {
  if (boxes.length === 0 || frame.width === 0) return farEnough;
  const { width, height } = around(boxes);
  const whole = Math.min(frame.width / width, frame.height / height);
  return Math.max(farthestZoom, Math.min(farEnough, whole * 0.6));
}

/** The selected card is never drawn smaller than this, so that it can be read and its handle grasped. */
const graspable = 0.86;

/** By how much the selected card is enlarged at a zoom. */
export function cardScale(zoom: number): number {
  return zoom < graspable ? graspable / zoom : 1;
}

/** The room that a card takes while it is selected. */
export function grown({ x, y, width, height }: Box, zoom: number): Box {
  const more = cardScale(zoom) - 1;
  return {
    x: x - (width * more) / 2 - 4,
    y: y - (height * more) / 2 - 4,
    width: width * (1 + more) + 8,
    height: height * (1 + more) + 8,
  };
}
