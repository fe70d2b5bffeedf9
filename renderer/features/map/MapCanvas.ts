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
  /** A trip stops it: its words are longer and always shown. */
  readonly held: boolean;
}

/** The way that calls take while a trip diverts them. */
export interface MapDetour {
  readonly id: string;
  readonly callerId: EntityId;
  readonly calleeId: EntityId;
  /** The call that shows it already, once a source has seen calls go there. */
  readonly onCall: CallId | null;
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

/** What lies over the map, in the window's pixels: services are kept clear of it. */
export interface MapOverlays {
  /** Where what lies along the upper edge ends. */
  readonly top: number;
  /** Where what lies along the lower edge begins. */
  readonly bottom: number;
  /** What lies at the bottom left above that. */
  readonly corner: DOMRect | null;
  readonly trayShown: boolean;
}

/** What the map can be asked to show. */
export interface MapCamera {
  /** Everything, however small. */
  readonly fit: () => void;
  /** As much as can be read, the traffic before what is quiet. */
  readonly open: () => void;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  /** Brings the service into view, large enough to be read. */
  readonly centreOn: (id: EntityId) => void;
  /** Brings the service into view at the zoom there is. */
  readonly reveal: (id: EntityId) => void;
}

/** What the operator did on the map. */
export interface MapIntents {
  readonly onSelectService: (id: EntityId) => void;
  readonly onSelectCall: (id: CallId) => void;
  /** What can be done to a call was asked for, at a point of the window. */
  readonly onCallMenu: (id: CallId, at: { readonly x: number; readonly y: number }) => void;
  /** Everything about a service was asked for, at a point of the window. */
  readonly onServiceMenu: (id: EntityId, at: { readonly x: number; readonly y: number }) => void;
  readonly onOpenService: (id: EntityId) => void;
  readonly onClear: () => void;
  readonly onMoveService: (id: EntityId, position: Position) => void;
}

/** What is drawn and where. */
export interface MapPicture {
  readonly nodes: readonly MapNode[];
  readonly calls: readonly MapCall[];
  readonly containers: readonly MapContainer[];
}

export interface MapCanvasProps extends MapIntents, MapPicture {
  readonly selected: Selection;
  readonly detours: readonly MapDetour[];
  readonly overlays: () => MapOverlays;
  /** Told once what can move the picture, and null when it goes. */
  readonly onCamera: (camera: MapCamera | null) => void;
}

/** What draws the map: given ids, places and the selection; tells what the operator did. It decides nothing. */
export type MapCanvas = (props: MapCanvasProps) => ReactNode;
