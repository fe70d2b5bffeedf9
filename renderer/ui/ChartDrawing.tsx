import { memo, useState } from 'react';
import type { Mark, Series } from '../../shared/model/signals.ts';
import { type ChartPoint, type LabelSide, timeTicks } from './chartPoints.ts';
import { ChartReading } from './ChartReading.tsx';
import { type ChartScale, linePath, pointNear, xOf, yOf } from './chartScale.ts';
import { formatClock, formatUtc } from './format.ts';

interface ChartDrawingProps {
  readonly width: number;
  readonly height: number;
  readonly points: readonly ChartPoint[];
  readonly scale: ChartScale;
  readonly ticks: readonly number[];
  readonly series: readonly Series[];
  readonly tones: readonly number[];
  readonly marks: readonly DrawnMark[];
  readonly format: (value: number) => string;
}

/** A mark with what of its title is written beside its line. */
export interface DrawnMark extends Mark {
  readonly label: string;
  readonly side: LabelSide | null;
}

const markColours = { deployment: 'var(--accent)', operation: 'var(--pending)', event: 'var(--warn)' };

/** The chart itself: a path for each line, and what the pointer reads. Moving the pointer draws no line again. */
export function ChartDrawing(props: ChartDrawingProps) {
  const { width, points, scale, series, tones, marks, format } = props;
  const [pointerX, setPointerX] = useState<number | null>(null);
  const point = pointerX === null ? null : pointNear(points, scale, pointerX);
  const x = point === null ? 0 : xOf(scale, point.at);
  return (
    <div
      className="chartDrawing"
      onPointerMove={(event) => setPointerX(event.clientX - event.currentTarget.getBoundingClientRect().left)}
      onPointerLeave={() => setPointerX(null)}
    >
      <Plot {...props} />
      {point !== null && (
        <>
          <i
            className="chartPointer"
            style={{ left: x, top: scale.plot.top, height: scale.plot.bottom - scale.plot.top }}
          />
          <div className="chartHover" style={x > width / 2 ? { right: width - x + 10 } : { left: x + 10 }}>
            <ChartReading
              at={point.at}
              points={points}
              series={series}
              tones={tones}
              marks={marks}
              format={format}
            />
          </div>
        </>
      )}
    </div>
  );
}

const Plot = memo(function Plot(props: ChartDrawingProps) {
  const { width, height, points, scale, ticks, series, tones, marks } = props;
  const { left, right, top, bottom } = scale.plot;
  const times = timeTicks(scale.from, scale.until, Math.max(2, Math.floor(width / 90)));
  return (
    <svg width={width} height={height} aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${left},${yOf(scale, tick)}H${right}`} stroke="var(--line)" />
          <text x={left - 5} y={yOf(scale, tick) + 3.5} textAnchor="end">
            {shortNumber(tick)}
          </text>
        </g>
      ))}
      {times.map((at) => (
        <text key={at} x={Math.min(xOf(scale, at), right - 13)} y={height - 3} textAnchor="middle">
          <title>{formatUtc(at)}</title>
          {formatClock(at)}
        </text>
      ))}
      {marks.map((mark) => {
        const x = xOf(scale, mark.at);
        return (
          <g key={`${mark.kind}${mark.at}${mark.title}`}>
            <path d={`M${x},${top}V${bottom}`} stroke={markColours[mark.kind]} strokeDasharray="3 3" />
            {mark.side !== null && (
              <text
                className="chartMark"
                x={mark.side === 'left' ? x - 5 : x + 5}
                y={top + 9}
                textAnchor={mark.side === 'left' ? 'end' : 'start'}
              >
                {mark.label}
              </text>
            )}
          </g>
        );
      })}
      {series.map((line, index) => (
        <path
          key={line.name}
          className={`chartTone${(tones[index] ?? index) % 6}`}
          d={linePath(points, index, scale)}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.8}
          strokeLinejoin="round"
        />
      ))}
    </svg>
  );
});

function shortNumber(value: number): string {
  if (value >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}
