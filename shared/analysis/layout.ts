import type { EntityId } from '../model/entity.ts';
import { columnsFor, orderLayers } from './layers.ts';

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

export const GAP_X = 80;
export const GAP_Y = 34;
/** Space between a container's edge and its nodes; more above, for its title. */
export const PADDING = 16;
export const TITLE_HEIGHT = 24;
const BLOCK_GAP_X = 64;
const BLOCK_GAP_Y = 40;
/** A row of groups without calls may be this wide at least, however little stands above it. */
const QUIET_ROW_WIDTH = 900;
/** Columns wider than this, and flat, are no longer a picture but a ribbon: then rows are filled instead. */
const WIDEST = 4_000;

interface Block {
  readonly group: string | null;
  readonly members: readonly LayoutNode[];
  readonly inside: readonly Position[];
  readonly width: number;
  readonly height: number;
}

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

function layoutBlock(members: readonly LayoutNode[], edges: readonly LayoutEdge[]): Block {
  const index = new Map(members.map((node, i) => [node.id, i]));
  const out: number[][] = members.map(() => []);
  const joined = new Set<number>();
  for (const edge of edges) {
    const [from, to] = [index.get(edge.from), index.get(edge.to)];
    if (from === undefined || to === undefined || from === to || out[from]?.includes(to)) continue;
    out[from]?.push(to);
    joined.add(from).add(to);
  }
  const layer = columnsFor(members.length, out);
  const byLayer: number[][] = [];
  members.forEach((_, i) => {
    if (!joined.has(i)) return;
    const depth = layer[i] ?? 0;
    byLayer[depth] ??= [];
    byLayer[depth].push(i);
  });
  const columns = orderLayers(
    byLayer.filter((column) => column !== undefined),
    out,
  );
  const tallest = Math.max(4, Math.ceil(Math.sqrt(members.length) * 1.3));
  const split = columns.flatMap((column) => chunk(column, tallest));
  const alone = members.map((_, i) => i).filter((i) => !joined.has(i));
  return placeInside(members, split, alone);
}

function placeInside(
  members: readonly LayoutNode[],
  columns: readonly (readonly number[])[],
  alone: readonly number[],
): Block {
  const padded = members[0]?.group !== null;
  const [left, top] = padded ? [PADDING, PADDING + TITLE_HEIGHT] : [0, 0];
  const inside: Position[] = members.map(() => ({ x: left, y: top }));
  const heights = columns.map((column) => stackHeight(column.map((i) => members[i]?.height ?? 0)));
  const tallest = Math.max(0, ...heights);
  let x = left;
  let right = left;
  columns.forEach((column, k) => {
    let y = top + (tallest - (heights[k] ?? 0)) / 2;
    const width = Math.max(...column.map((i) => members[i]?.width ?? 0));
    for (const i of column) {
      inside[i] = { x, y };
      y += (members[i]?.height ?? 0) + GAP_Y;
    }
    right = x + width;
    x += width + GAP_X;
  });
  let bottom = top + tallest;
  // Those without calls inside the group stand in rows below the others.
  const perRow = Math.max(columns.length, Math.ceil(Math.sqrt(alone.length)), 1);
  for (const row of chunk(alone, perRow)) {
    const y = bottom === top ? top : bottom + GAP_Y;
    let at = left;
    for (const i of row) {
      inside[i] = { x: at, y };
      right = Math.max(right, at + (members[i]?.width ?? 0));
      at += (members[i]?.width ?? 0) + GAP_X;
    }
    bottom = y + Math.max(...row.map((i) => members[i]?.height ?? 0));
  }
  const pad = padded ? PADDING : 0;
  return { group: members[0]?.group ?? null, members, inside, width: right + pad, height: bottom + pad };
}

/** Blocks with calls as they follow from each other, the quiet ones in rows under them. */
function placeApart(
  blocks: readonly Block[],
  edges: readonly [number, number][],
  calling: ReadonlySet<number>,
): Position[] {
  const all = blocks.map((_, i) => i);
  const [busy, quiet] = [all.filter((i) => calling.has(i)), all.filter((i) => !calling.has(i))];
  if (busy.length === 0 || quiet.length === 0) return placeBlocks(blocks, edges);
  const blockAt = (i: number): Block[] => (blocks[i] === undefined ? [] : [blocks[i]]);
  const place = new Map(busy.map((i, k) => [i, k]));
  const busyBlocks = busy.flatMap(blockAt);
  const above = placeBlocks(
    busyBlocks,
    edges.map(([from, to]) => [place.get(from) ?? 0, place.get(to) ?? 0]),
  );
  const { width, height } = extentOf(busyBlocks, above);
  const quietBlocks = quiet.flatMap(blockAt);
  const below = inRows(
    quietBlocks,
    quietBlocks.map((_, i) => i),
    Math.max(width, QUIET_ROW_WIDTH),
  );
  // To the right, where what lies over a map at the left leaves them in sight.
  const indent = Math.max(0, width - extentOf(quietBlocks, below).width);
  const corners: Position[] = blocks.map(() => ({ x: 0, y: 0 }));
  busy.forEach((i, k) => (corners[i] = above[k] ?? { x: 0, y: 0 }));
  quiet.forEach((i, k) => {
    const at = below[k] ?? { x: 0, y: 0 };
    corners[i] = { x: at.x + indent, y: at.y + height + BLOCK_GAP_Y };
  });
  return corners;
}

function extentOf(
  blocks: readonly Block[],
  corners: readonly Position[],
): { readonly width: number; readonly height: number } {
  return {
    width: Math.max(0, ...blocks.map((block, i) => (corners[i]?.x ?? 0) + block.width)),
    height: Math.max(0, ...blocks.map((block, i) => (corners[i]?.y ?? 0) + block.height)),
  };
}

function placeBlocks(blocks: readonly Block[], edges: readonly (readonly [number, number])[]): Position[] {
  const out: number[][] = blocks.map(() => []);
  for (const [from, to] of edges) out[from]?.push(to);
  const layer = columnsFor(blocks.length, out);
  const columns: number[][] = [];
  blocks.forEach((_, i) => {
    const depth = layer[i] ?? 0;
    columns[depth] ??= [];
    columns[depth].push(i);
  });
  const ordered = orderLayers(
    columns.filter((column) => column !== undefined),
    out,
  );
  const corners = inColumns(blocks, ordered);
  const { width, height } = extentOf(blocks, corners);
  if (width <= WIDEST || width <= 3 * height) return corners;
  const area = blocks.reduce(
    (sum, block) => sum + (block.width + BLOCK_GAP_X) * (block.height + BLOCK_GAP_Y),
    0,
  );
  return inRows(blocks, ordered.flat(), Math.sqrt(area * 1.7));
}

function inColumns(blocks: readonly Block[], columns: readonly (readonly number[])[]): Position[] {
  const corners: Position[] = blocks.map(() => ({ x: 0, y: 0 }));
  const tallestBlock = Math.max(0, ...blocks.map((block) => block.height));
  const split = columns.flatMap((column) => splitTall(column, blocks, Math.max(tallestBlock, 900)));
  const heights = split.map((column) =>
    column.reduce((sum, i) => sum + (blocks[i]?.height ?? 0) + BLOCK_GAP_Y, -BLOCK_GAP_Y),
  );
  const tallest = Math.max(0, ...heights);
  let x = 0;
  split.forEach((column, k) => {
    let y = (tallest - (heights[k] ?? 0)) / 2;
    for (const i of column) {
      corners[i] = { x, y };
      y += (blocks[i]?.height ?? 0) + BLOCK_GAP_Y;
    }
    x += Math.max(...column.map((i) => blocks[i]?.width ?? 0)) + BLOCK_GAP_X;
  });
  return corners;
}

/** Fills rows of about this width in the given order. */
function inRows(blocks: readonly Block[], order: readonly number[], rowWidth: number): Position[] {
  const corners: Position[] = blocks.map(() => ({ x: 0, y: 0 }));
  const widest = Math.max(rowWidth, ...blocks.map((block) => block.width));
  let [x, y, rowHeight] = [0, 0, 0];
  for (const i of order) {
    const block = blocks[i];
    if (block === undefined) continue;
    if (x > 0 && x + block.width > widest) {
      x = 0;
      y += rowHeight + BLOCK_GAP_Y;
      rowHeight = 0;
    }
    corners[i] = { x, y };
    x += block.width + BLOCK_GAP_X;
    rowHeight = Math.max(rowHeight, block.height);
  }
  return corners;
}

function splitTall(column: readonly number[], blocks: readonly Block[], most: number): number[][] {
  const parts: number[][] = [];
  let height = Infinity;
  for (const i of column) {
    const own = (blocks[i]?.height ?? 0) + BLOCK_GAP_Y;
    if (height + own > most + BLOCK_GAP_Y) {
      parts.push([]);
      height = 0;
    }
    parts.at(-1)?.push(i);
    height += own;
  }
  return parts;
}

function stackHeight(heights: readonly number[]): number {
  return heights.reduce((sum, height) => sum + height + GAP_Y, -GAP_Y);
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const parts = Math.ceil(items.length / size);
  // Even parts look better than full ones and a rest.
  return Array.from({ length: parts }, (_, k) =>
    items.slice(Math.floor((k * items.length) / parts), Math.floor(((k + 1) * items.length) / parts)),
  );
}
