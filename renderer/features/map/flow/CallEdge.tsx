import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo, useState } from 'react';
import { useCallSignals } from '../../../live/signals.ts';
import { useCall } from '../../../live/topology.ts';
import { callLabel, callWords } from '../callWords.ts';
import { edgeWidthPx } from '../edgeLook.ts';

/** A call as a line: width by rate, colour by health, words where it fails, on hover and near by. */
export const CallEdge = memo(function CallEdge(props: EdgeProps) {
  const call = useCall(props.id);
  const signals = useCallSignals(props.id);
  const [hovered, setHovered] = useState(false);
  if (call === null) return null;
  const [path, labelX, labelY] = getBezierPath(props);
  const health = signals?.health ?? 'unknown';
  const classes = ['mapCall', health, call.asynchronous && 'asynchronous', props.selected && 'selected'];
  const labelClasses = [
    'mapCallLabel num',
    health,
    call.asynchronous && 'asynchronous',
    (hovered || props.selected) && 'shown',
  ];
  return (
    <g
      className={classes.filter(Boolean).join(' ')}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
    >
      <title>{callWords(call, signals)}</title>
      <BaseEdge
        path={path}
        interactionWidth={props.interactionWidth ?? 14}
        style={{ strokeWidth: edgeWidthPx(signals?.requestsPerSecond ?? null) }}
      />
      <EdgeLabelRenderer>
        <div
          className={labelClasses.filter(Boolean).join(' ')}
          style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          aria-hidden="true"
        >
          {callLabel(call, signals)}
        </div>
      </EdgeLabelRenderer>
    </g>
  );
});
