import type { EntityId } from '../model/entity.ts';
import { containersOf, layoutGraph } from './layout.ts';
import {
  GAP_X,
  GAP_Y,
  PADDING,
  TITLE_HEIGHT,
  type LayoutEdge,
  type LayoutNode,
  type Position,
} from './layoutShapes.ts';

interface Box extends Position {
  readonly width: number;
  readonly height: number;
}

/** New nodes beyond this share of the map mean another map, which is laid out anew. */
const TOO_MANY_NEW = 0.5;

/**
 * Positions for all nodes: those in `known` stay exactly where they are, new ones stand near their neighbours in the nearest
 * free place. Nodes in `fixed` (placed by hand) are never moved. With few or none known, the whole is laid out.
 */
export function updateLayout(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  known: ReadonlyMap<EntityId, Position>,
  fixed: ReadonlyMap<EntityId, Position> = new Map(),
): Map<EntityId, Position> {
  const positions = new Map<EntityId, Position>();
  const missing: LayoutNode[] = [];
  for (const node of nodes) {
    const at = fixed.get(node.id) ?? known.get(node.id);
    if (at === undefined) missing.push(node);
    else positions.set(node.id, at);
  }
  if (missing.length === 0) return positions;
  if (missing.length <= Math.max(3, nodes.length * TOO_MANY_NEW)) {
    placeAll(missing, nodes, edges, positions);
    return positions;
  }
  const fresh = layoutGraph(nodes, edges);
  const pinned = new Map([...fixed].filter(([id]) => fresh.has(id)));
  if (pinned.size === 0) return fresh;
  const result = new Map<EntityId, Position>(pinned);
  const displaced: LayoutNode[] = [];
  const pinnedBoxes = nodes.flatMap((node) => boxOf(node, pinned.get(node.id)));
  for (const node of nodes) {
    const at = fresh.get(node.id);
    if (at === undefined || pinned.has(node.id)) continue;
    const box = { ...at, width: node.width, height: node.height };
    if (pinnedBoxes.some((other) => overlaps(box, other, 8))) displaced.push(node);
    else result.set(node.id, at);
  }
  placeAll(displaced, nodes, edges, result);
  return result;
}

function placeAll(
  missing: readonly LayoutNode[],
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  positions: Map<EntityId, Position>,
): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map<EntityId, EntityId[]>();
  const callees = new Map<EntityId, EntityId[]>();
  for (const { from, to } of edges) {
    listOf(callees, from).push(to);
    listOf(callers, to).push(from);
  }
  // Those with placed neighbours first: the others then may find theirs placed.
  const placedNear = (id: EntityId): number =>
    [...(callers.get(id) ?? []), ...(callees.get(id) ?? [])].filter((other) => positions.has(other)).length;
  const queue = [...missing].sort((a, b) => placedNear(b.id) - placedNear(a.id) || (a.id < b.id ? -1 : 1));
  for (const node of queue) {
    const target = targetOf(node, callers.get(node.id) ?? [], callees.get(node.id) ?? [], byId, positions);
    positions.set(node.id, nearestFree(node, target, nodes, positions));
  }
}

function listOf(lists: Map<EntityId, EntityId[]>, id: EntityId): EntityId[] {
  const list = lists.get(id) ?? [];
  lists.set(id, list);
  return list;
}

/** Right of its callers, left of its callees, level with both; else below its group; else right of everything. */
function targetOf(
  node: LayoutNode,
  callers: readonly EntityId[],
  callees: readonly EntityId[],
  byId: ReadonlyMap<EntityId, LayoutNode>,
  positions: ReadonlyMap<EntityId, Position>,
): Position {
  const wishes: Position[] = [];
  for (const id of callers) {
    const [at, other] = [positions.get(id), byId.get(id)];
    if (at !== undefined && other !== undefined) wishes.push({ x: at.x + other.width + GAP_X, y: at.y });
  }
  for (const id of callees) {
    const at = positions.get(id);
    if (at !== undefined) wishes.push({ x: at.x - node.width - GAP_X, y: at.y });
  }
  if (wishes.length > 0) {
    const mean = (key: 'x' | 'y'): number =>
      Math.round(wishes.reduce((sum, wish) => sum + wish[key], 0) / wishes.length);
    return { x: mean('x'), y: mean('y') };
  }
  const boxes = containersOf([...byId.values()], positions);
  const own = boxes.find((box) => box.group === node.group);
  if (own !== undefined) return { x: own.x + PADDING, y: own.y + own.height - PADDING + GAP_Y };
  let [right, top] = [0, 0];
  for (const [id, at] of positions) {
    right = Math.max(right, at.x + (byId.get(id)?.width ?? 0));
    top = Math.min(top, at.y);
  }
  return positions.size === 0 ? { x: 0, y: 0 } : { x: right + GAP_X + 2 * PADDING, y: top };
}

/** Looks around the target in widening rings, half a cell at a time, for a place that touches no node and no foreign group. */
function nearestFree(
  node: LayoutNode,
  target: Position,
  nodes: readonly LayoutNode[],
  positions: ReadonlyMap<EntityId, Position>,
): Position {
  const others = nodes.flatMap((other) => boxOf(other, positions.get(other.id)));
  const containers = containersOf(nodes, positions);
  const foreign = containers.filter((box) => box.group !== node.group);
  const own = containers.find((box) => box.group === node.group);
  const strangers = nodes
    .filter((other) => other.group !== node.group)
    .flatMap((other) => boxOf(other, positions.get(other.id)));
  const isFree = (at: Position): boolean => {
    const box = { ...at, width: node.width, height: node.height };
    if (others.some((other) => overlaps(box, other, 16))) return false;
    const hull = node.group === null ? box : hullOf(box, own);
    if (foreign.some((other) => overlaps(hull, other, 0))) return false;
    return node.group === null || !strangers.some((other) => overlaps(hull, other, 0));
  };
  const [stepX, stepY] = [(node.width + GAP_X) / 2, (node.height + GAP_Y) / 2];
  for (let ring = 0; ring <= 60; ring += 1) {
    const candidates: Position[] = [];
    for (let i = -ring; i <= ring; i += 1) {
      candidates.push({ x: i, y: ring }, { x: i, y: -ring }, { x: ring, y: i }, { x: -ring, y: i });
    }
    // Up and down before sideways: columns mean depth.
    candidates.sort((a, b) => Math.abs(a.x) * 2 + Math.abs(a.y) - (Math.abs(b.x) * 2 + Math.abs(b.y)));
    for (const { x, y } of candidates) {
      const at = { x: Math.round(target.x + x * stepX), y: Math.round(target.y + y * stepY) };
      if (isFree(at)) return at;
    }
  }
  const bottom = Math.max(...others.map((other) => other.y + other.height), target.y);
  return { x: target.x, y: bottom + GAP_Y + TITLE_HEIGHT + PADDING };
}

function boxOf(node: LayoutNode, at: Position | undefined): Box[] {
  return at === undefined ? [] : [{ ...at, width: node.width, height: node.height }];
}

/** The group's container as it would be with one more node in it. */
function hullOf(box: Box, own: Box | undefined): Box {
  const padded = {
    x: box.x - PADDING,
    y: box.y - PADDING - TITLE_HEIGHT,
    width: box.width + 2 * PADDING,
    height: box.height + 2 * PADDING + TITLE_HEIGHT,
  };
  if (own === undefined) return padded;
  const [x, y] = [Math.min(own.x, padded.x), Math.min(own.y, padded.y)];
  return {
    x,
    y,
    width: Math.max(own.x + own.width, padded.x + padded.width) - x,
    height: Math.max(own.y + own.height, padded.y + padded.height) - y,
  };
}

function overlaps(a: Box, b: Box, margin: number): boolean {
  return (
    a.x < b.x + b.width + margin &&
    b.x < a.x + a.width + margin &&
    a.y < b.y + b.height + margin &&
    b.y < a.y + a.height + margin
  );
}
