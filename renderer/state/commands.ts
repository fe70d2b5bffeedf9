import { create } from 'zustand';

/** What can be asked of the map from elsewhere: the palette, a shortcut, the list. */
export type MapCommand = 'fit' | 'zoomIn' | 'zoomOut' | 'tidy';

interface MapCommands {
  readonly command: MapCommand | null;
  /** Rises with each command, so that the same can be given twice. */
  readonly count: number;
}

/** The newest command to the map. */
export const useMapCommands = create<MapCommands>(() => ({ command: null, count: 0 }));

export function commandMap(command: MapCommand): void {
  useMapCommands.setState(({ count }) => ({ command, count: count + 1 }));
}
