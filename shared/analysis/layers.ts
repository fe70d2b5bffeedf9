/** A directed graph of numbered nodes: `out[i]` lists where node `i` points. */
export type Adjacency = readonly (readonly number[])[];

/**
 * Gives each node the column it stands in: one right of the furthest of its callers. Calls that close a circle are left out
 * of that, so that every graph has columns.
 */
export function layersOf(count: number, out: Adjacency): number[] {
  const { order, back } = depthFirst(count, out);
  const layer = new Array<number>(count).fill(0);
  // Reverse finishing order is a topological order of what is left without the closing calls.
  for (let i = order.length - 1; i >= 0; i -= 1) {
    const node = order[i] ?? 0;
    for (const next of out[node] ?? []) {
      if (next === node || back.has(node * count + next)) continue;
      layer[next] = Math.max(layer[next] ?? 0, (layer[node] ?? 0) + 1);
    }
  }
  return layer;
}

/**
 * Columns for drawing: by the longest way where that keeps the picture compact, else by the shortest from an entry point.
 * Where everything calls everything in circles, the longest way winds through all nodes and means nothing.
 */
export function columnsFor(count: number, out: Adjacency): number[] {
  const longest = layersOf(count, out);
  const deepest = longest.reduce((most, one) => Math.max(most, one), 0);
  return deepest < Math.max(8, 1.5 * Math.sqrt(count)) ? longest : shortestDepths(count, out);
}

function shortestDepths(count: number, out: Adjacency): number[] {
  const depth = new Array<number>(count).fill(-1);
  for (const root of entryOrder(count, out)) {
    if (depth[root] !== -1) continue;
    depth[root] = 0;
    const queue = [root];
    for (let i = 0; i < queue.length; i += 1) {
      const node = queue[i] ?? root;
      for (const next of out[node] ?? []) {
        if (depth[next] !== -1) continue;
        depth[next] = (depth[node] ?? 0) + 1;
        queue.push(next);
      }
    }
  }
  return depth;
}

/** Orders the nodes of each column so that calls cross little: by the mean place of their neighbours, back and forth. */
export function orderLayers(columns: readonly (readonly number[])[], out: Adjacency, sweeps = 4): number[][] {
  const count = out.length;
  const into: number[][] = Array.from({ length: count }, () => []);
  out.forEach((targets, from) => targets.forEach((to) => into[to]?.push(from)));
  const place = new Float64Array(count);
  const ordered = columns.map((column) => [...column]);
  const settle = (column: readonly number[]): void => {
    // Columns are centred, so a place is counted from the middle.
    column.forEach((node, i) => (place[node] = i - (column.length - 1) / 2));
  };
  ordered.forEach(settle);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const forward = sweep % 2 === 0;
    const from = forward ? into : out;
    for (let k = 0; k < ordered.length; k += 1) {
      const column = ordered[forward ? k : ordered.length - 1 - k] ?? [];
      const mean = new Map(
        column.map((node) => [node, meanPlace(from[node] ?? [], place) ?? place[node] ?? 0]),
      );
      column.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0) || a - b);
      settle(column);
    }
  }
  return ordered;
}

function meanPlace(nodes: readonly number[], place: Float64Array): number | null {
  if (nodes.length === 0) return null;
  let sum = 0;
  for (const node of nodes) sum += place[node] ?? 0;
  return sum / nodes.length;
}

/** Finishing order, and the calls that lead back to a node still being visited. Without recursion: chains can be long. */
function depthFirst(count: number, out: Adjacency): { order: number[]; back: Set<number> } {
  const state = new Uint8Array(count);
  const order: number[] = [];
  const back = new Set<number>();
  for (const root of entryOrder(count, out)) {
    if (state[root] !== 0) continue;
    const stack: { node: number; next: number }[] = [{ node: root, next: 0 }];
    state[root] = 1;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const target = out[top.node]?.[top.next];
      if (target === undefined) {
        state[top.node] = 2;
        order.push(top.node);
        stack.pop();
        continue;
      }
      top.next += 1;
      if (state[target] === 1) back.add(top.node * count + target);
      if (state[target] !== 0) continue;
      state[target] = 1;
      stack.push({ node: target, next: 0 });
    }
  }
  return { order, back };
}

/** Nodes in the order in which they look like entrances: nobody calls them, or they call more than they are called. */
function entryOrder(count: number, out: Adjacency): number[] {
  const indegree = new Array<number>(count).fill(0);
  for (const targets of out) for (const to of targets) indegree[to] = (indegree[to] ?? 0) + 1;
  const surplus = (node: number): number => (indegree[node] ?? 0) - (out[node]?.length ?? 0);
  return Array.from({ length: count }, (_, i) => i).sort(
    (a, b) =>
      Number((indegree[a] ?? 0) > 0) - Number((indegree[b] ?? 0) > 0) || surplus(a) - surplus(b) || a - b,
  );
}
