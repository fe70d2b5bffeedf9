import type { ReactNode } from 'react';
import type { CallId, EntityId, Environment } from '../../../shared/model/entity.ts';
import type { Selection } from '../../state/selection.ts';
import type { Position } from '../../state/layout.ts';

/** Width and height of a card at zoom 1; `split` is the height of one that shows its versions. */
export const cardSize = { width: 176, height: 58, splitHeight: 86 } as const;

/** One service to draw. What it is called and how it fares the drawing reads by id itself. */
export interface MapNode {
  readonly id: EntityId;
  readonly position: Position;
  readonly height: number;
}

/** One call to draw. */
export interface MapCall {
  readonly id: CallId;
  readonly callerId: EntityId;
  readonly calleeId: EntityId;
  /** "order calls payment", for those who hear the map. */
  readonly label: string;
}

/** A soft box around what belongs together. */
export interface MapContainer {
  readonly id: string;
  readonly title: string;
  readonly environment: Environment;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What the map can be asked to show. */
export interface MapCamera {
  readonly fit: () => void;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly centreOn: (id: EntityId) => void;
  /** Moves the picture only when the service is not wholly in view. */
  readonly reveal: (id: EntityId) => void;
}

/** What the operator did on the map. */
export interface MapIntents {
  readonly onSelectService: (id: EntityId) => void;
  readonly onSelectCall: (id: CallId) => void;
  readonly onOpenService: (id: EntityId) => void;
  readonly onClear: () => void;
  readonly onMoveService: (id: EntityId, position: Position) => void;
}

export interface MapCanvasProps extends MapIntents {
  readonly nodes: readonly MapNode[];
  readonly calls: readonly MapCall[];
  readonly containers: readonly MapContainer[];
  readonly selected: Selection;
  /** What lies over the picture at its bottom left, in the window's pixels; a fit keeps services clear of it. */
  readonly overlay: () => DOMRect | null;
  /** Told once what can move the picture, and null when it goes. */
  readonly onCamera: (camera: MapCamera | null) => void;
}

/** What draws the map: given ids, places and the selection; tells what the operator did. It decides nothing. */
export type MapCanvas = (props: MapCanvasProps) => ReactNode;
