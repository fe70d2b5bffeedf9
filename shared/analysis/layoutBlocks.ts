import { columnsFor, orderLayers } from './layers.ts';
import type { Block, Position } from './layoutShapes.ts';

const BLOCK_GAP_X = 64;
const BLOCK_GAP_Y = 40;
/** A row of groups without calls may be this wide at least, however little stands above it. */
const QUIET_ROW_WIDTH = 900;
/** Columns wider than this, and flat, are no longer a picture but a ribbon: then rows are filled instead. */
const WIDEST = 4_000;

/** Blocks and where they stand, from the top left corner of all of them together. */
interface Part {
  readonly members: readonly number[];
  readonly corners: readonly Position[];
  readonly width: number;
  readonly height: number;
}

/**
 * Blocks with calls as they follow from each other; under them, in rows, those that have nothing to do with the most of
 * them, each with whom it calls, and last the quiet ones.
 */
export function placeApart(
  blocks: readonly Block[],
  edges: readonly [number, number][],
  calling: ReadonlySet<number>,
): Position[] {
  const all = blocks.map((_, i) => i);
  const parts = connected(
    all.filter((i) => calling.has(i)),
    edges,
  )
    .map((members) => partOf(members, blocks, edges))
    .sort((a, b) => servicesIn(b, blocks) - servicesIn(a, blocks));
  const quiet = all.filter((i) => !calling.has(i)).map((i) => partOf([i], blocks, []));
  const [above, ...others] = parts;
  if (above === undefined) return placeBlocks(blocks, edges);
  const below = [...others, ...quiet];
  const rows = inRows(
    below,
    below.map((_, k) => k),
    Math.max(above.width, QUIET_ROW_WIDTH),
  );
  // To the right, where what lies over a map at the left leaves them in sight.
  const indent = Math.max(0, above.width - extentOf(below, rows).width);
  const corners: Position[] = blocks.map(() => ({ x: 0, y: 0 }));
  const put = (part: Part, left: number, top: number): void =>
    part.members.forEach((i, k) => {
      const at = part.corners[k] ?? { x: 0, y: 0 };
      corners[i] = { x: at.x + left, y: at.y + top };
    });
  put(above, 0, 0);
  below.forEach((part, k) => {
    const at = rows[k] ?? { x: 0, y: 0 };
    put(part, at.x + indent, at.y + above.height + BLOCK_GAP_Y);
  });
  return corners;
}

/** Blocks that lead to each other by calls of whatever way, each once and in order. */
function connected(members: readonly number[], edges: readonly (readonly [number, number])[]): number[][] {
  const near = new Map<number, number[]>(members.map((i) => [i, []]));
  for (const [from, to] of edges) {
    near.get(from)?.push(to);
    near.get(to)?.push(from);
  }
  const seen = new Set<number>();
  return members.flatMap((first) => {
    if (seen.has(first)) return [];
    seen.add(first);
    const found = [first];
    for (const one of found)
      for (const next of near.get(one) ?? [])
        if (!seen.has(next)) {
          seen.add(next);
          found.push(next);
        }
    return [found.sort((a, b) => a - b)];
  });
}

function partOf(
  members: readonly number[],
  blocks: readonly Block[],
  edges: readonly (readonly [number, number])[],
): Part {
  const place = new Map(members.map((i, k) => [i, k]));
  const own = members.flatMap((i) => blocks[i] ?? []);
  const inside = edges.flatMap(([from, to]): [number, number][] => {
    const [a, b] = [place.get(from), place.get(to)];
    return a === undefined || b === undefined ? [] : [[a, b]];
  });
  const corners = placeBlocks(own, inside);
  return { members, corners, ...extentOf(own, corners) };
}

const servicesIn = ({ members }: Part, blocks: readonly Block[]): number =>
  members.reduce((sum, i) => sum + (blocks[i]?.members.length ?? 0), 0);

/** How large something is. */
type Sized = Pick<Block, 'width' | 'height'>;

function extentOf(
  blocks: readonly Sized[],
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
function inRows(blocks: readonly Sized[], order: readonly number[], rowWidth: number): Position[] {
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
