import { create } from 'zustand';
import type { Position } from '../../shared/analysis/layoutShapes.ts';
import type { EntityId } from '../../shared/model/entity.ts';
import type { GraphService } from '../../shared/model/graph.ts';
import type { Settings } from '../../shared/model/settings.ts';
import { markSettings } from '../live/settings.ts';

/** A place on the map, in the map's own pixels at zoom 1: the top left corner of a card. */
export type { Position } from '../../shared/analysis/layoutShapes.ts';

interface LayoutState {
  /** Where the layout put the nodes; stays put while services come and go. */
  readonly placed: Readonly<Record<EntityId, Position>>;
  /** The whole was laid out anew and is to be brought into view once it is drawn. */
  readonly toFit: boolean;
  /** What part of the map was in view when it was last drawn, so that coming back shows the same. */
  readonly viewport: { readonly x: number; readonly y: number; readonly zoom: number } | null;
  /** The operator has pressed, turned or chosen something on the map: from then on nothing in it moves by itself. */
  readonly touched: boolean;
  /** How many calls were known when the whole was last laid out. */
  readonly callsLaidOut: number;
}

export const useLayout = create<LayoutState>(() => ({
  placed: {},
  toFit: false,
  viewport: null,
  touched: false,
  callsLaidOut: 0,
}));

/**
 * Takes over positions worked out by the layout; `anew` when nothing stayed where it was. What comes to a map that nobody
 * has touched yet is brought into view with the rest.
 */
export function setPlaced(placed: Readonly<Record<EntityId, Position>>, anew: boolean): void {
  const { placed: before, touched } = useLayout.getState();
  const grows = Object.keys(placed).some((id) => !(id in before));
  useLayout.setState({ placed, ...((anew || (grows && !touched)) && { toFit: true }) });
}

/** The operator has laid a hand on the map. */
export function touchMap(): void {
  if (!useLayout.getState().touched) useLayout.setState({ touched: true });
}

/**
 * What a hand-made position is remembered by. An entity's id begins with the connection's, which is new each time the
 * connection is opened; kind, namespace and name outlive that.
 */
export function placeKeyOf(service: GraphService): string {
  return `${service.kind}/${service.namespace ?? ''}/${service.name}`;
}

/** Where the operator put a node, if anywhere. */
export function handPositionOf(
  positions: Settings['positions'],
  connectionTitle: string,
  service: GraphService,
): Position | null {
  return positions[connectionTitle]?.[placeKeyOf(service)] ?? null;
}

/** Remembers where the operator put a node. */
export function placeByHand(
  connectionTitle: string,
  service: GraphService,
  position: Position,
): Promise<void> {
  const rounded = { x: Math.round(position.x), y: Math.round(position.y) };
  return markSettings({ positions: { [connectionTitle]: { [placeKeyOf(service)]: rounded } } });
}

/** Forgets what was placed by hand under these connections, so that tidy may move everything. */
export function forgetHandPositions(connectionTitles: readonly string[]): Promise<void> {
  return markSettings({ positions: Object.fromEntries(connectionTitles.map((title) => [title, null])) });
}
