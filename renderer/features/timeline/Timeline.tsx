import './timeline.css';
import { useState } from 'react';
import type { Mark } from '../../../shared/model/signals.ts';
import { useTimeline } from '../../live/timeline.ts';
import { useElementSize } from '../../ui/useElementSize.ts';
import { showLogsAt } from '../../state/logs.ts';
import { selectService } from '../../state/selection.ts';
import { useMarks, useTime, useZone } from '../../state/time.ts';
import { plainText } from '../../ui/plainText.ts';
import { formatClock, formatClockSeconds, formatRate, formatUtc, zoneName } from '../../ui/format.ts';
import { areaPath, clockTicks, type MarkPlace, markPlaces, type TimelineScale } from './timelineShape.ts';

const none: readonly Mark[] = [];
const heightPx = 84;
const plot = { top: 34, bottom: 68 } as const;

/** Failed calls across the map over the range, with what was deployed and done as marks. */
export function Timeline() {
  const rangeSeconds = useTime((time) => time.rangeSeconds);
  const zone = useZone();
  const { value, problem } = useTimeline(rangeSeconds);
  const [frame, { width }] = useElementSize<HTMLDivElement>();
  const [pointerX, setPointerX] = useState<number | null>(null);
  const scale: TimelineScale = {
    from: value?.from ?? 0,
    until: (value?.from ?? 0) + rangeSeconds * 1_000,
    widthPx: width,
    ...plot,
  };
  const marks = useMarks(value?.marks ?? none);
  const counted = (value?.failedPerSecond ?? []).filter((each) => each !== null);
  const missing = (value?.provenance ?? []).flatMap(({ problems }) => problems.map((one) => plainText(one)));
  const peak = counted.length === 0 ? null : Math.max(...counted);
  const pointed =
    value === null || pointerX === null || width === 0 ? null : pointedAt(value, scale, pointerX);
  return (
    <footer className="timeline" aria-label="Timeline of errors across the map">
      <p className="timelineTitle muted">
        errors across the map
        {peak !== null && <span className="num"> · peak {formatRate(peak)} failed/s</span>}
        {peak === null && (missing.length > 0 ? ' · no figures' : ' · no figures yet')}
        {peak !== null && pointed !== null && (
          <span className="num timelinePointed">
            {' '}
            · {formatClockSeconds(pointed.at)}:{' '}
            {pointed.failed === null ? 'not known' : `${formatRate(pointed.failed)} failed/s`}
          </span>
        )}
        {zone !== '' && <span> · times in {zoneName(zone)}</span>}
        {missing.length > 0 && (
          <span className="toneWarn" title={missing.join('\n')}>
            {' '}
            · incomplete: {plainText(missing[0] ?? '', 80)}
          </span>
        )}
        {problem !== null && <span className="toneWarn"> · stands still: {problem}</span>}
      </p>
      <div
        className="timelineFrame"
        ref={frame}
        onPointerMove={(event) => setPointerX(event.nativeEvent.offsetX)}
        onPointerLeave={() => setPointerX(null)}
        onClick={({ target, nativeEvent }) => {
          if (target instanceof Element && target.closest('button') !== null) return;
          const { from, until } = scale;
          if (value !== null && width > 0)
            showLogsAt(Math.round(from + (nativeEvent.offsetX / width) * (until - from)));
        }}
      >
        {value !== null && width > 0 && (
          <>
            <svg width={width} height={heightPx} aria-hidden="true">
              <path
                className="timelineArea"
                d={areaPath(
                  value.failedPerSecond,
                  value.from,
                  value.stepSeconds,
                  Math.max(1, peak ?? 0),
                  scale,
                )}
              />
              <line className="timelineBase" x1="0" x2={width} y1={plot.bottom} y2={plot.bottom} />
              {clockTicks(scale).map(({ at, x }) => (
                <text key={at} x={x} y="80" textAnchor="middle">
                  <title>{formatUtc(at)}</title>
                  {formatClock(at)}
                </text>
              ))}
            </svg>
            {markPlaces(marks, scale).map((place) => (
              <MarkView
                key={`${place.mark.at} ${place.mark.title} ${place.mark.serviceId ?? ''}`}
                {...place}
              />
            ))}
          </>
        )}
      </div>
    </footer>
  );
}

function MarkView({ mark, x, side, labelWidthPx }: MarkPlace) {
  const { serviceId } = mark;
  const words = plainText(mark.title, 120);
  const label = `${words}, ${formatClockSeconds(mark.at)}`;
  return (
    <button
      type="button"
      className={`timelineMark ${mark.kind} ${side}`}
      style={{ left: x }}
      title={`${words}\n${formatClockSeconds(mark.at)} · ${formatUtc(mark.at)}`}
      aria-label={label}
      disabled={serviceId === null}
      onClick={() => {
        showLogsAt(mark.at);
        if (serviceId !== null) selectService(serviceId, { centre: true });
      }}
    >
      {labelWidthPx !== null && (
        <span className="ellipsis" style={{ maxWidth: labelWidthPx }}>
          {words}
        </span>
      )}
    </button>
  );
}

function pointedAt(
  timeline: {
    readonly from: number;
    readonly stepSeconds: number;
    readonly failedPerSecond: readonly (number | null)[];
  },
  scale: TimelineScale,
  x: number,
): { readonly at: number; readonly failed: number | null } {
  const at = scale.from + (x / scale.widthPx) * (scale.until - scale.from);
  const index = Math.floor((at - timeline.from) / (timeline.stepSeconds * 1_000));
  return { at, failed: timeline.failedPerSecond[index] ?? null };
}
