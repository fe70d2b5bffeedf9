import type { EntityId } from '../model/entity.ts';

/** A node to place. Nodes of one group stand together in a container; `null` stands free. */
export interface LayoutNode {
  readonly id: EntityId;
  readonly group: string | null;
  readonly width: number;
  readonly height: number;
}

/** A call that draws its ends together. */
export interface LayoutEdge {
  readonly from: EntityId;
  readonly to: EntityId;
}

/** Top left corner of a node. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** The box around all nodes of a group. */
export interface Container extends Position {
  readonly group: string;
  readonly width: number;
  readonly height: number;
}

/** A group laid out by itself: its nodes' places are from its own top left corner. */
export interface Block {
  readonly group: string | null;
  readonly members: readonly LayoutNode[];
  readonly inside: readonly Position[];
  readonly width: number;
  readonly height: number;
}

export const GAP_X = 80;
export const GAP_Y = 34;
/** Space between a container's edge and its nodes; more above, for its title. */
export const PADDING = 16;
export const TITLE_HEIGHT = 24;
