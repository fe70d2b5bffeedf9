import { columnsFor, orderLayers } from './layers.ts';
import {
  GAP_X,
  GAP_Y,
  PADDING,
  TITLE_HEIGHT,
  type Block,
  type LayoutEdge,
  type LayoutNode,
  type Position,
} from './layoutShapes.ts';

/** Lays out one group by itself: columns by call depth, and those without a call inside it in rows below. */
export function layoutBlock(members: readonly LayoutNode[], edges: readonly LayoutEdge[]): Block {
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
  // A few stand one above the other: calls from the left reach each of them, and none runs through another.
  const inRow = alone.length <= 3 ? 1 : Math.ceil(Math.sqrt(alone.length));
  const perRow = Math.max(columns.length, inRow);
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
