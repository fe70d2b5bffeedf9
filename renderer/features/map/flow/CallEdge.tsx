import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, useState } from 'react';
import { useCallSignals } from '../../../live/signals.ts';
import { useCall } from '../../../live/topology.ts';
import { useTripOfCall } from '../../../live/trips.ts';
import { HeldCountdown } from '../HeldWords.tsx';
import { callLabel, callWords, shortCallLabel } from '../callWords.ts';
import { edgeWidthPx } from '../edgeLook.ts';
import { curveOf, pathOf, pointAt } from './callPath.ts';
import type { LabelPlace } from './placeLabels.ts';

type CallFlowEdge = Edge<{ readonly label: LabelPlace | undefined; readonly detour: boolean }>;

/** A call as a line: width by rate, colour by health, a word where it fails, all figures on hover and near by. */
export const CallEdge = memo(function CallEdge(props: EdgeProps<CallFlowEdge>) {
  const call = useCall(props.id);
  const signals = useCallSignals(props.id);
  const trip = useTripOfCall(props.id);
  const [hovered, setHovered] = useState(false);
  if (call === null) return null;
  const curve = curveOf({ x: props.sourceX, y: props.sourceY }, { x: props.targetX, y: props.targetY });
  const label = props.data?.label ?? pointAt(curve, 0.5);
  const health = signals?.health ?? 'unknown';
  const classes = [
    'mapCall',
    health,
    call.asynchronous && 'asynchronous',
    call.unseen === true && 'unseen',
    props.selected && 'selected',
    trip && 'held',
    props.data?.detour === true && 'detour',
  ];
  const labelClasses = [
    'mapCallLabel num',
    health,
    call.asynchronous && 'asynchronous',
    trip && 'held',
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
        path={pathOf(curve)}
        interactionWidth={props.interactionWidth ?? 14}
        style={{ strokeWidth: edgeWidthPx(signals?.requestsPerSecond ?? null) }}
      />
      <EdgeLabelRenderer>
        <div
          className={labelClasses.filter(Boolean).join(' ')}
          style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          aria-hidden="true"
        >
          {trip === null ? (
            <>
              <span className="mapCallFull">{callLabel(call, signals)}</span>
              <span className="mapCallShort">{shortCallLabel(call, signals)}</span>
            </>
          ) : (
            <HeldCountdown trip={trip} />
          )}
        </div>
      </EdgeLabelRenderer>
    </g>
  );
});
