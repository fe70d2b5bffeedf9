import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containersOf, layoutGraph } from './layout.ts';
import type { LayoutEdge, LayoutNode, Position } from './layoutShapes.ts';
import { layersOf } from './layers.ts';
import { updateLayout } from './placeNew.ts';

const node = (id: string, group: string | null = 'shop'): LayoutNode => ({
  id,
  group,
  width: 176,
  height: 58,
});
const edge = (path: string): LayoutEdge => {
  const [from = '', to = ''] = path.split('>');
  return { from, to };
};
const shop = {
  nodes: [
    node('edge', null),
    ...['order', 'catalog', 'payment', 'inventory'].map((id) => node(id)),
    node('ledger', 'finance'),
    node('bank', null),
  ],
  edges: [
    'edge>order',
    'edge>catalog',
    'order>payment',
    'order>inventory',
    'catalog>inventory',
    'payment>ledger',
    'payment>bank',
  ].map(edge),
};

function overlapping(nodes: readonly LayoutNode[], positions: ReadonlyMap<string, Position>): string[] {
  const found: string[] = [];
  nodes.forEach((a, i) => {
    for (const b of nodes.slice(i + 1)) {
      const [p, q] = [positions.get(a.id), positions.get(b.id)];
      if (p === undefined || q === undefined) continue;
      const apart =
        p.x + a.width <= q.x || q.x + b.width <= p.x || p.y + a.height <= q.y || q.y + b.height <= p.y;
      if (!apart) found.push(`${a.id} ${b.id}`);
    }
  });
  return found;
}

/** A fleet of namespaces with calls mostly inside them, the same every time. */
function fleet(services: number, namespaces: number): { nodes: LayoutNode[]; edges: LayoutEdge[] } {
  const nodes = Array.from({ length: services }, (_, i) => node(`s${i}`, `n${i % namespaces}`));
  const edges = Array.from({ length: services * 2 }, (_, i) => {
    const from = (i * 7) % services;
    const near = (from + namespaces * (1 + (i % 5))) % services;
    return { from: `s${from}`, to: `s${i % 6 === 0 ? (from * 13 + 5) % services : near}` };
  });
  return { nodes, edges };
}

describe('a layout', () => {
  test('goes from left to right by call depth', () => {
    const positions = layoutGraph(shop.nodes, shop.edges);
    for (const { from, to } of shop.edges) {
      expect(positions.get(to)?.x, `${from} → ${to}`).toBeGreaterThan(positions.get(from)?.x ?? Infinity);
    }
  });

  test('puts no node onto another, and no container into another', () => {
    const { nodes, edges } = fleet(200, 9);
    const positions = layoutGraph(nodes, edges);
    expect(positions.size).toBe(200);
    expect(overlapping(nodes, positions)).toEqual([]);
    const boxes = containersOf(nodes, positions).map((box) => ({ ...box, id: box.group }));
    expect(boxes).toHaveLength(9);
    expect(overlapping(boxes, new Map(boxes.map((box) => [box.id, box])))).toEqual([]);
  });

  test('is the same for the same map, in whatever order it comes', () => {
    const once = layoutGraph(shop.nodes, shop.edges);
    const again = layoutGraph([...shop.nodes].reverse(), shop.edges);
    expect([...again].sort()).toEqual([...once].sort());
  });

  test('copes with circles, loops, twins and calls to nowhere', () => {
    const calls = fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 60 });
    fc.assert(
      fc.property(
        calls,
        fc.array(fc.constantFrom('a', 'b', null), { minLength: 10, maxLength: 10 }),
        (pairs, groups) => {
          const nodes = groups.map((group, i) => node(`s${i}`, group));
          const positions = layoutGraph(
            nodes,
            pairs.map(([a, b]) => ({ from: `s${a}`, to: `s${b}` })),
          );
          expect(positions.size).toBe(10);
          expect(overlapping(nodes, positions)).toEqual([]);
        },
      ),
    );
  });

  test('puts groups without any call below the traffic, where they push nothing aside', () => {
    const infra = [node('istiod', 'istio-system'), node('prometheus', 'monitoring'), node('idle', null)];
    const alone = layoutGraph(shop.nodes, shop.edges);
    const positions = layoutGraph([...shop.nodes, ...infra], shop.edges);
    for (const [id, at] of alone) expect(positions.get(id), id).toEqual(at);
    const lowest = Math.max(...shop.nodes.map(({ id, height }) => (positions.get(id)?.y ?? 0) + height));
    for (const { id } of infra) expect(positions.get(id)?.y, id).toBeGreaterThan(lowest);
    expect(overlapping([...shop.nodes, ...infra], positions)).toEqual([]);
  });

  test('puts groups that only call each other below the rest, with whom they call', () => {
    const apart = [node('portal', 'accounts'), node('billing', 'accounts'), node('tax', 'state')];
    const calls = ['portal>billing', 'billing>tax'].map(edge);
    const idle = node('istiod', 'istio-system');
    const alone = layoutGraph(shop.nodes, shop.edges);
    const all = [...apart, idle, ...shop.nodes];
    const positions = layoutGraph(all, [...calls, ...shop.edges]);
    for (const [id, at] of alone) expect(positions.get(id), id).toEqual(at);
    const lowest = Math.max(...shop.nodes.map(({ id, height }) => (positions.get(id)?.y ?? 0) + height));
    for (const { id } of [...apart, idle]) expect(positions.get(id)?.y, id).toBeGreaterThan(lowest);
    for (const { from, to } of calls)
      expect(positions.get(to)?.x, `${from} → ${to}`).toBeGreaterThan(positions.get(from)?.x ?? Infinity);
    expect(overlapping(all, positions)).toEqual([]);
  });

  test('stacks a few that are called from elsewhere, so that no call to one runs through the other', () => {
    const nodes = [node('catalog'), node('search', 'discovery'), node('search-canary', 'discovery')];
    const positions = layoutGraph(nodes, ['catalog>search', 'catalog>search-canary'].map(edge));
    const [search, canary] = [positions.get('search'), positions.get('search-canary')];
    expect(canary?.x).toBe(search?.x);
    expect(canary?.y).toBeGreaterThan(search?.y ?? Infinity);
  });

  test('of a long chain has as many columns as calls', () => {
    const out = Array.from({ length: 5_000 }, (_, i) => (i < 4_999 ? [i + 1] : []));
    expect(layersOf(5_000, out).at(-1)).toBe(4_999);
  });

  test('of nothing is nothing', () => {
    expect(layoutGraph([], []).size).toBe(0);
    expect(updateLayout([], [], new Map()).size).toBe(0);
  });
});

describe('a map that grows', () => {
  test('moves nothing, and puts the new one near its neighbours and inside its container', () => {
    const known = layoutGraph(shop.nodes, shop.edges);
    const nodes = [...shop.nodes, node('refunds')];
    const positions = updateLayout(nodes, [...shop.edges, edge('refunds>payment')], known);
    for (const [id, at] of known) expect(positions.get(id)).toEqual(at);
    expect(overlapping(nodes, positions)).toEqual([]);
    const [payment, refunds] = [positions.get('payment'), positions.get('refunds')];
    expect(Math.abs((payment?.x ?? 0) - (refunds?.x ?? 0))).toBeLessThan(700);
    const boxes = containersOf(nodes, positions).map((box) => ({ ...box, id: box.group }));
    expect(overlapping(boxes, new Map(boxes.map((box) => [box.id, box])))).toEqual([]);
  });

  test('leaves what was placed by hand where it was put, also when all is laid out', () => {
    const fixed = new Map([['payment', { x: -400, y: 900 }]]);
    const positions = updateLayout(shop.nodes, shop.edges, new Map(), fixed);
    expect(positions.get('payment')).toEqual({ x: -400, y: 900 });
    expect(positions.size).toBe(shop.nodes.length);
    expect(overlapping(shop.nodes, positions)).toEqual([]);
  });

  test('drops what is gone', () => {
    const known = layoutGraph(shop.nodes, shop.edges);
    expect(updateLayout(shop.nodes.slice(1), shop.edges, known).has('edge')).toBe(false);
  });
});
