import './Chart.css';
import { memo, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import type { Mark, Series } from '../../shared/model/signals.ts';
import { ChartReading } from './ChartReading.tsx';
import { chartPoints, type LabelSide, placeLabels, ticksFor, timeTicks } from './chartPoints.ts';
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

const markColours = { deployment: 'var(--accent)', operation: 'var(--pending)', event: 'var(--warn)' };

/** About what a letter of a mark's label takes, in pixels, and what stays free beside it. */
const letterPx = 5.6;
const besidePx = 10;

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
  const highest = points.reduce(
    (most, point) => Math.max(most, ...point.values.map((value) => value ?? 0)),
    0,
  );
  const ticks = ticksFor(highest);
  const drawn = marks.filter((mark) => mark.at >= from && mark.at <= until);
  const msPerPx = width === null ? 0 : (until - from) / width;
  const titles = drawn.map((mark) => plainText(mark.title, 26));
  const sides = placeLabels(
    drawn.map(({ at }, place) => ({
      at,
      roomMs: ((titles[place]?.length ?? 0) * letterPx + besidePx) * msPerPx,
    })),
    until,
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
        <LineChart
          width={width}
          height={heightPx}
          data={[...points]}
          margin={{ top: 4, right: 2, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="at"
            type="number"
            scale="time"
            domain={[from, until]}
            ticks={[...timeTicks(from, until, Math.max(2, Math.floor(width / 90)))]}
            tickFormatter={clockOf}
            tickLine={false}
            axisLine={false}
            height={16}
            tickMargin={2}
          />
          <YAxis
            type="number"
            domain={[0, (ticks.at(-1) ?? 1) * (sides.size > 0 ? 1.16 : 1)]}
            ticks={[...ticks]}
            tickFormatter={shortNumber}
            tickLine={false}
            axisLine={false}
            width={32}
            tickMargin={2}
          />
          {drawn.map((mark, place) => (
            <ReferenceLine
              key={`${mark.kind}${mark.at}${mark.title}`}
              x={mark.at}
              stroke={markColours[mark.kind]}
              strokeDasharray="3 3"
              {...labelOf(titles[place] ?? '', sides.get(place))}
            />
          ))}
          {series.map((line, index) => (
            <Line
              key={line.name}
              dataKey={(point: { readonly values: readonly (number | null)[] }) =>
                point.values[index] ?? null
              }
              className={`chartTone${(tones[index] ?? index) % 6}`}
              stroke="currentColor"
              strokeWidth={1.8}
              type="linear"
              dot={false}
              activeDot={{ r: 3, fill: 'currentColor', stroke: 'none' }}
              connectNulls={false}
              isAnimationActive={false}
            />
          ))}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--faint)' }}
            content={({ active, label }) =>
              active && typeof label === 'number' ? (
                <ChartReading
                  at={label}
                  points={points}
                  series={series}
                  tones={tones}
                  marks={drawn}
                  format={format}
                />
              ) : null
            }
          />
        </LineChart>
      )}
    </figure>
  );
});

function labelOf(value: string, side: LabelSide | undefined) {
  if (side === undefined) return {};
  const position = side === 'left' ? ('insideTopRight' as const) : ('insideTopLeft' as const);
  return { label: { value, position } };
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

function clockOf(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
}

function shortNumber(value: number): string {
  if (value >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}
