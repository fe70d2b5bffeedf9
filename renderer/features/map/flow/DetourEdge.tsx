import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { curveOf, pathOf, pointAt } from './callPath.ts';
import type { LabelPlace } from './placeLabels.ts';

type DetourFlowEdge = Edge<{ readonly label: string; readonly place: LabelPlace | undefined }>;

/** The way that calls are to take while a trip diverts them, before any source has seen one go there. */
export const DetourEdge = memo(function DetourEdge(props: EdgeProps<DetourFlowEdge>) {
  const curve = curveOf({ x: props.sourceX, y: props.sourceY }, { x: props.targetX, y: props.targetY });
  const at = props.data?.place ?? pointAt(curve, 0.5);
  return (
    <g className="mapDetour">
      <title>{props.data?.label}</title>
      <BaseEdge path={pathOf(curve)} interactionWidth={0} />
      <EdgeLabelRenderer>
        <div
          className="mapCallLabel num detour"
          style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}
          aria-hidden="true"
        >
          detour
        </div>
      </EdgeLabelRenderer>
    </g>
  );
});
