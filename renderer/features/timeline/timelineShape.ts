import type { Mark } from '../../../shared/model/signals.ts';
import { timeTicks } from '../../ui/chartPoints.ts';

/** Where times and heights lie on the drawing, in pixels. */
export interface TimelineScale {
  readonly from: number;
  readonly until: number;
  readonly widthPx: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where a mark stands, on which side of it its words stand, and how much room they have; none when there is too little. */
export interface MarkPlace {
  readonly mark: Mark;
  readonly x: number;
  readonly side: 'before' | 'after';
  readonly labelWidthPx: number | null;
}

/** The area under the values as an SVG path; a gap in the values is a gap in the area, not calm. */
export function areaPath(
  values: readonly (number | null)[],
  from: number,
  stepSeconds: number,
  most: number,
  scale: TimelineScale,
): string {
  const parts: string[] = [];
  let run: { x: number; y: number }[] = [];
  const flush = (): void => {
    const first = run[0];
    const last = run.at(-1);
    if (first !== undefined && last !== undefined) {
      const line = run.map(({ x, y }) => `L${x.toFixed(1)} ${y.toFixed(1)}`).join('');
      parts.push(`M${first.x.toFixed(1)} ${scale.bottom}${line}L${last.x.toFixed(1)} ${scale.bottom}Z`);
    }
    run = [];
  };
  values.forEach((value, index) => {
    if (value === null) return flush();
    const y = scale.bottom - (scale.bottom - scale.top) * Math.min(1, value / most);
    run.push({ x: xOf(from + index * stepSeconds * 1_000, scale), y });
  });
  flush();
  return parts.join('');
}

const leastTickPx = 90;

/** Round times in the operator's day, not nearer than their words allow. */
export function clockTicks(scale: TimelineScale): { readonly at: number; readonly x: number }[] {
  const most = Math.floor(scale.widthPx / leastTickPx);
  return timeTicks(scale.from, scale.until, most)
    .map((at) => ({ at, x: xOf(at, scale) }))
    .filter(({ x }) => x > 20 && x < scale.widthPx - 20);
}

const leastLabelPx = 40;
/** Between the middle of a mark and its words, and between words and what comes next. */
const gapPx = 10;
/** A letter of the timeline's size, on the wide side. */
const letterPx = 6.5;

/**
 * Marks that lie in the range, in order of time. Words stand after their mark, or before it where the next one is near; of
 * marks side by side that say the same the last one with room says it.
 */
export function markPlaces(marks: readonly Mark[], scale: TimelineScale): MarkPlace[] {
  const inside = marks
    .filter(({ at }) => at >= scale.from && at <= scale.until)
    .sort((a, b) => a.at - b.at)
    .map((mark) => ({ mark, x: xOf(mark.at, scale) }));
  let takenUntil = 0;
  const places = inside.map(({ mark, x }, index): MarkPlace => {
    const next = inside[index + 1];
    const after = (next?.x ?? scale.widthPx) - x - 2 * gapPx;
    const before = x - 2 * gapPx - takenUntil;
    const side = after < leastLabelPx && before >= leastLabelPx ? 'before' : 'after';
    const room = side === 'after' ? after : before;
    const labelWidthPx = room < leastLabelPx ? null : room;
    const words =
      side === 'after' && labelWidthPx !== null ? Math.min(room, mark.title.length * letterPx) : 0;
    takenUntil = x + gapPx + words;
    return { mark, x, side, labelWidthPx };
  });
  return places.map((place, index) =>
    isSaidLater(places, index) ? { ...place, labelWidthPx: null } : place,
  );
}

/** Whether a later mark of those side by side that say the same has the words. */
function isSaidLater(places: readonly MarkPlace[], index: number): boolean {
  const [here, next] = [places[index], places[index + 1]];
  if (here === undefined || next?.mark.title !== here.mark.title) return false;
  if (next.x - here.x >= leastLabelPx) return false;
  return next.labelWidthPx !== null || isSaidLater(places, index + 1);
}

function xOf(at: number, scale: TimelineScale): number {
  return ((at - scale.from) / (scale.until - scale.from)) * scale.widthPx;
}
