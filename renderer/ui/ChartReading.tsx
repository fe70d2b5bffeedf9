import type { Mark, Series } from '../../shared/model/signals.ts';
import type { ChartPoint } from './chartPoints.ts';
import { formatClockSeconds } from './format.ts';
import { plainText } from './plainText.ts';
import { Time } from './Time.tsx';

interface ChartReadingProps {
  readonly at: number;
  readonly points: readonly ChartPoint[];
  readonly series: readonly Series[];
  readonly tones: readonly number[];
  readonly marks: readonly Mark[];
  readonly format: (value: number) => string;
}

/** What the pointer is on: the time, each line's value, and a mark close by with its whole title. */
export function ChartReading({ at, points, series, tones, marks, format }: ChartReadingProps) {
  const point = points.find((candidate) => candidate.at === at);
  const first = points[0]?.at ?? at;
  const nearMs = ((points.at(-1)?.at ?? at) - first) / 50;
  const near = marks.filter((mark) => Math.abs(mark.at - at) <= nearMs);
  return (
    <div className="chartReading">
      <Time at={at}>{formatClockSeconds(at)}</Time>
      {series.map((line, index) => {
        const value = point?.values[index] ?? null;
        return (
          <span key={line.name}>
            <i className={`chartTone${(tones[index] ?? index) % 6}`}>{plainText(line.name, 24)}</i>{' '}
            {value === null ? 'no sample' : format(value)}
          </span>
        );
      })}
      {near.map((mark) => (
        <span key={`${mark.at}${mark.title}`} className="chartReadingMark">
          {plainText(mark.title, 80)}
        </span>
      ))}
    </div>
  );
}
