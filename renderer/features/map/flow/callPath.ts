interface Point {
  readonly x: number;
  readonly y: number;
}

/** The four points of a call's curve: out of the caller to the right, into the callee from the left. */
export type Curve = readonly [Point, Point, Point, Point];

/** The same curve that React Flow's bezier draws between a right and a left side. */
export function curveOf(from: Point, to: Point): Curve {
  const distance = to.x - from.x;
  const reach = distance >= 0 ? distance / 2 : 6.25 * Math.sqrt(-distance);
  return [from, { x: from.x + reach, y: from.y }, { x: to.x - reach, y: to.y }, to];
}

/** The point at `t`, from 0 at the caller to 1 at the callee. */
export function pointAt([a, b, c, d]: Curve, t: number): Point {
  const s = 1 - t;
  const [p, q, r, u] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return { x: p * a.x + q * b.x + r * c.x + u * d.x, y: p * a.y + q * b.y + r * c.y + u * d.y };
}

export function pathOf([a, b, c, d]: Curve): string {
  return `M${a.x},${a.y} C${b.x},${b.y} ${c.x},${c.y} ${d.x},${d.y}`;
}
