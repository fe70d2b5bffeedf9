import type { Box } from './fitViewport.ts';

/** How much a card says: its name; name and rate; everything; everything, and all calls their figures. */
export type Detail = 'far' | 'mid' | 'near' | 'close';

/** Words keep a readable size by becoming fewer as the picture becomes smaller. */
export function detailAt(zoom: number): Detail {
  if (zoom < 0.45) return 'far';
  if (zoom < 0.86) return 'mid';
  return zoom < 1.25 ? 'near' : 'close';
}

/** Below this the words on a card cannot be read: a fit that nobody asked for goes no further. */
export const legibleZoom = 0.62;

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
