import type { Box } from './fitViewport.ts';
import { type Curve, pointAt } from './callPath.ts';

interface LabelledCall {
  readonly id: string;
  readonly curve: Curve;
  /** Its words are those of a held call: a sign and "4:32". */
  readonly held?: boolean;
}

export interface LabelPlace {
  readonly x: number;
  readonly y: number;
}

/** Room for "17.5 %" at the size it has when the picture is small. */
const usual = { width: 54, height: 22 } as const;
const ofHeld = { width: 82, height: 22 } as const;
const along = [0.5, 0.42, 0.58, 0.34, 0.66, 0.28, 0.72, 0.22, 0.78, 0.16, 0.84, 0.08, 0.92] as const;
/** How far from the line, and what it costs to stand there. */
const aside = [
  { dy: -13, cost: 0 },
  { dy: 13, cost: 0 },
  { dy: 0, cost: 1.5 },
  // Clear of the card that the line leaves or reaches at its middle.
  { dy: -41, cost: 5 },
  { dy: 41, cost: 5 },
] as const;
/** Beyond this many calls other lines are no longer looked at: it costs the square of their number. */
const mostCompared = 80;

/**
 * Where each call's words stand: beside the middle of its line where there is room, never on a card unless there is no other
 * place, and clear of other labels and lines as far as that goes. Depends on places only, so that no tick moves a label.
 */
export function placeLabels(
  calls: readonly LabelledCall[],
  cards: readonly Box[],
): ReadonlyMap<string, LabelPlace> {
  const lines =
    calls.length > mostCompared ? [] : calls.map(({ id, curve }) => ({ id, points: samples(curve) }));
  const places = new Map<string, LabelPlace>();
  const taken: Box[] = [];
  // The widest first: it is the hardest to find room for.
  const byWidth = calls.toSorted((a, b) => Number(b.held ?? false) - Number(a.held ?? false));
  for (const { id, curve, held = false } of byWidth) {
    const label = held ? ofHeld : usual;
    let best: { readonly box: Box; readonly cost: number } | null = null;
    for (const [rank, t] of along.entries()) {
      const on = pointAt(curve, t);
      for (const { dy, cost: apart } of aside) {
        const least = rank * 0.4 + apart;
        // Most labels are free where they are tried first; what cannot be better is not compared with all that is drawn.
        if (best !== null && least >= best.cost) continue;
        const box = { x: on.x - label.width / 2, y: on.y + dy - label.height / 2, ...label };
        const cost =
          least +
          20 * cards.filter((card) => touches(box, card)).length +
          8 * taken.filter((other) => touches(box, other)).length +
          3 * lines.filter((line) => line.id !== id && line.points.some((point) => holds(box, point))).length;
        if (best === null || cost < best.cost) best = { box, cost };
      }
    }
    if (best === null) continue;
    taken.push(best.box);
    places.set(id, { x: best.box.x + label.width / 2, y: best.box.y + label.height / 2 });
  }
  return places;
}

function samples(curve: Curve): readonly LabelPlace[] {
  return Array.from({ length: 25 }, (_, i) => pointAt(curve, i / 24));
}

function touches(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function holds(box: Box, { x, y }: LabelPlace): boolean {
  return x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
}
