import './Chart.css';
import { memo, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { Mark, Series } from '../../shared/model/signals.ts';
import { ChartDrawing, type DrawnMark } from './ChartDrawing.tsx';
import { type ChartPoint, chartPoints, placeLabels, ticksFor } from './chartPoints.ts';
import type { ChartScale } from './chartScale.ts';
import { plainText } from './plainText.ts';

interface ChartProps {
  /** "Latency p99, ms". */
  readonly title: string;
  readonly from: number;
  readonly stepSeconds: number;
  readonly series: readonly Series[];
  /** Version colour of each series, by its place. */
  readonly tones: readonly number[];
  readonly marks: readonly Mark[];
  readonly heightPx: number;
  /** Multiplies what is drawn: 100 turns a ratio into per cent. */
  readonly scale?: number;
  /** A value with its unit, as the reading under the pointer and a listener get it. */
  readonly format: (value: number) => string;
}

/** About what a letter of a mark's label takes, in pixels, and what stays free beside it. */
const letterPx = 6.1;
const besidePx = 10;
/** Room for the axes' words: values at the left, times below. */
const room = { left: 32, right: 2, top: 4, bottom: 18 } as const;

/**
 * Lines over time by version, with axes, gaps as gaps, and deployments and operations as labelled marks. Drawing waits for
 * what the hand is doing: new samples are never urgent.
 */
export function Chart(props: ChartProps) {
  const { series, marks, from, stepSeconds, tones, ...rest } = props;
  const sampled = useMemo(
    () => ({ series, marks, from, stepSeconds, tones }),
    [series, marks, from, stepSeconds, tones],
  );
  return <Drawing {...rest} {...useDeferredValue(sampled)} />;
}

const Drawing = memo(function Drawing(props: ChartProps) {
  const { title, from, stepSeconds, series, tones, marks, heightPx, scale = 1, format } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useVisibleWidth(frame);
  const points = useMemo(() => {
    const scaled = series.map((line) => ({
      name: line.name,
      values: line.values.map((value) => (value === null ? null : value * scale)),
    }));
    return chartPoints(from, stepSeconds, scaled);
  }, [from, stepSeconds, series, scale]);

  const until = points.at(-1)?.at ?? from;
  const ticks = useMemo(() => ticksFor(highestOf(points)), [points]);
  const drawnMarks = useMemo(() => marksToDraw(marks, from, until, width), [marks, from, until, width]);
  const labelled = drawnMarks.some(({ side }) => side !== null);
  const plotScale = useMemo<ChartScale>(
    () => ({
      from,
      until,
      // Labels of marks stand above the lines.
      top: (ticks.at(-1) ?? 1) * (labelled ? 1.16 : 1),
      plot: {
        left: room.left,
        right: (width ?? 0) - room.right,
        top: room.top,
        bottom: heightPx - room.bottom,
      },
    }),
    [from, until, ticks, labelled, width, heightPx],
  );
  const isEmpty = points.every((point) => point.values.every((value) => value === null));

  return (
    <figure className="chart" ref={frame} aria-label={`${title}. ${nowOf(series, scale, format)}`}>
      <figcaption className="chartTitle" aria-hidden="true">
        {title}
        {series.map((line, index) => (
          <span key={line.name} className={`chartKey chartTone${(tones[index] ?? index) % 6}`}>
            {plainText(line.name, 24)}
          </span>
        ))}
      </figcaption>
      {isEmpty && <p className="chartEmpty">No samples in this range.</p>}
      {!isEmpty && width === null && <div style={{ height: heightPx }} />}
      {!isEmpty && width !== null && (
        <ChartDrawing
          width={width}
          height={heightPx}
          points={points}
          scale={plotScale}
          ticks={ticks}
          series={series}
          tones={tones}
          marks={drawnMarks}
          format={format}
        />
      )}
    </figure>
  );
});

function highestOf(points: readonly ChartPoint[]): number {
  return points.reduce((most, { values }) => Math.max(most, ...values.map((value) => value ?? 0)), 0);
}

function marksToDraw(
  marks: readonly Mark[],
  from: number,
  until: number,
  width: number | null,
): readonly DrawnMark[] {
  const drawn = marks
    .filter((mark) => mark.at >= from && mark.at <= until)
    .map((mark) => ({ ...mark, label: plainText(mark.title, 32) }));
  const msPerPx = width === null ? 0 : (until - from) / Math.max(1, width - room.left - room.right);
  const sides = placeLabels(
    drawn.map(({ at, label }) => ({ at, roomMs: (label.length * letterPx + besidePx) * msPerPx })),
    until,
  );
  return drawn.map((mark, place) => ({ ...mark, side: sides.get(place) ?? null }));
}

/** The width to draw at, null while off screen: a chart nobody sees does not draw. */
function useVisibleWidth(frame: React.RefObject<HTMLDivElement | null>): number | null {
  const [width, setWidth] = useState(0);
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const sizes = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    const sights = new IntersectionObserver(([entry]) => setVisible(entry?.isIntersecting ?? false));
    sizes.observe(element);
    sights.observe(element);
    return () => {
      sizes.disconnect();
      sights.disconnect();
    };
  }, [frame]);
  return visible && width > 0 ? width : null;
}

function nowOf(series: readonly Series[], scale: number, format: (value: number) => string): string {
  const words = series.map((line) => {
    const newest = line.values.findLast((value) => value !== null);
    return `${plainText(line.name, 24)} ${newest === undefined || newest === null ? 'no samples' : format(newest * scale)}`;
  });
  return words.length === 0 ? 'No samples.' : `Newest: ${words.join(', ')}.`;
}
