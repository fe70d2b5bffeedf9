import type { EntityId } from '../model/entity.ts';
import { placeApart } from './layoutBlocks.ts';
import { layoutBlock } from './layoutInside.ts';
import {
  PADDING,
  TITLE_HEIGHT,
  type Container,
  type LayoutEdge,
  type LayoutNode,
  type Position,
} from './layoutShapes.ts';

/**
 * Lays out a map from left to right by call depth: each group by itself, then the groups' blocks among each other. Groups
 * without any call stand in rows below, so that they do not push the traffic aside. The same input gives the same picture.
 */
export function layoutGraph(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
): Map<EntityId, Position> {
  const sorted = [...nodes].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const groups = new Map<string, LayoutNode[]>();
  for (const node of sorted) {
    // A free node is a block of its own, so that it finds its own column.
    const key = node.group === null ? `\u0000${node.id}` : node.group;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [node]);
    else members.push(node);
  }
  const blockOf = new Map<EntityId, number>();
  const keys = [...groups.keys()];
  keys.forEach((key, block) => groups.get(key)?.forEach((node) => blockOf.set(node.id, block)));
  const inner: LayoutEdge[][] = keys.map(() => []);
  const between = new Map<string, number>();
  for (const edge of edges) {
    const [from, to] = [blockOf.get(edge.from), blockOf.get(edge.to)];
    if (from === undefined || to === undefined || edge.from === edge.to) continue;
    if (from === to) inner[from]?.push(edge);
    else between.set(`${from} ${to}`, (between.get(`${from} ${to}`) ?? 0) + 1);
  }
  const blocks = keys.map((key, i) => layoutBlock(groups.get(key) ?? [], inner[i] ?? []));
  const calling = new Set([...between.keys()].flatMap((key) => key.split(' ').map(Number)));
  inner.forEach((own, i) => own.length > 0 && calling.add(i));
  const corners = placeApart(blocks, strongerWay(between), calling);
  const positions = new Map<EntityId, Position>();
  blocks.forEach((block, i) => {
    const corner = corners[i] ?? { x: 0, y: 0 };
    block.members.forEach((node, k) => {
      const inside = block.inside[k] ?? { x: 0, y: 0 };
      positions.set(node.id, { x: Math.round(corner.x + inside.x), y: Math.round(corner.y + inside.y) });
    });
  });
  return positions;
}

/** The boxes to draw around groups, from where their nodes are. */
export function containersOf(
  nodes: readonly LayoutNode[],
  positions: ReadonlyMap<EntityId, Position>,
): Container[] {
  const boxes = new Map<string, { left: number; top: number; right: number; bottom: number }>();
  for (const node of nodes) {
    const at = positions.get(node.id);
    if (node.group === null || at === undefined) continue;
    const box = boxes.get(node.group) ?? {
      left: Infinity,
      top: Infinity,
      right: -Infinity,
      bottom: -Infinity,
    };
    boxes.set(node.group, {
      left: Math.min(box.left, at.x),
      top: Math.min(box.top, at.y),
      right: Math.max(box.right, at.x + node.width),
      bottom: Math.max(box.bottom, at.y + node.height),
    });
  }
  return [...boxes].map(([group, box]) => ({
    group,
    x: box.left - PADDING,
    y: box.top - PADDING - TITLE_HEIGHT,
    width: box.right - box.left + 2 * PADDING,
    height: box.bottom - box.top + 2 * PADDING + TITLE_HEIGHT,
  }));
}

/** Of two groups that call each other, the way with more calls decides which stands left. */
function strongerWay(between: ReadonlyMap<string, number>): [number, number][] {
  const edges: [number, number][] = [];
  for (const [key, weight] of between) {
    const [from = 0, to = 0] = key.split(' ').map(Number);
    const opposite = between.get(`${to} ${from}`) ?? 0;
    if (weight > opposite || (weight === opposite && from < to)) edges.push([from, to]);
  }
  return edges;
}
