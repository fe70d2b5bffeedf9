import '@xyflow/react/dist/base.css';
import './flow.css';
import {
  type Edge,
  type EdgeTypes,
  type Node,
  type NodeChange,
  type NodeTypes,
  Position as Side,
  ReactFlow,
  ReactFlowProvider,
} from '@xyflow/react';
import { type CSSProperties, useMemo, useState } from 'react';
import type { EntityId } from '../../../../shared/model/entity.ts';
import { cardSize, type MapCall, type MapCanvasProps, type MapNode, type MapPicture } from '../MapCanvas.ts';
import { useLayout } from '../../../state/layout.ts';
import type { Selection } from '../../../state/selection.ts';
import { noteHover } from '../whenHandRests.ts';
import { CallDots } from './CallDots.tsx';
import { CallEdge } from './CallEdge.tsx';
import { DetourEdge } from './DetourEdge.tsx';
import { ContainerNode } from './ContainerNode.tsx';
import { OpenService } from './openService.ts';
import { curveOf } from './callPath.ts';
import type { Box } from './fitViewport.ts';
import { placeLabels } from './placeLabels.ts';
import { ServiceNode } from './ServiceNode.tsx';
import { useFlowCamera } from './useFlowCamera.ts';
import { type Detail, detailAt, grown, leastZoomOf, legibleZoom, midTextAt } from './zoomLevels.ts';

const nodeTypes: NodeTypes = { service: ServiceNode, container: ContainerNode };
const edgeTypes: EdgeTypes = { call: CallEdge, detour: DetourEdge };
const wholeSize = { x: 0, y: 0, zoom: 1 };
const noDelete: null = null;

/** The map as React Flow cards: good up to about 150 services. */
export function FlowCanvas(props: MapCanvasProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow(props: MapCanvasProps) {
  const { selected, detours, onMoveService } = props;
  const [start] = useState(() => useLayout.getState().viewport ?? wholeSize);
  const [detail, setDetail] = useState<Detail>(() => detailAt(start.zoom));
  const [textPx, setTextPx] = useState(() => midTextAt(start.zoom));
  // Where the card under the hand is right now; nothing outside of this component hears of it before it is let go.
  const [held, setHeld] = useState<{ readonly id: string; readonly x: number; readonly y: number } | null>(
    null,
  );
  const selectedService = selected?.kind === 'service' ? selected.id : null;
  const chosen = useMemo(() => endsOf(selected, props.calls), [selected, props.calls]);
  const { frameRef, onOperatorMoves, onKeyboardAt, handDown, size } = useFlowCamera(
    props.onCamera,
    chosen,
    props.overlays,
  );
  const { nodes, calls, containers } = useStill(props, handDown);

  const leastZoom = useMemo(
    () => leastZoomOf([...containers, ...nodes.map(boxOfNode)], size),
    [containers, nodes, size],
  );

  const flowNodes = useMemo<Node[]>(
    () => [
      ...containers.map((container) => ({
        id: container.id,
        type: 'container',
        position: { x: container.x, y: container.y },
        data: { title: container.title, environment: container.environment },
        width: container.width,
        height: container.height,
        measured: { width: container.width, height: container.height },
        draggable: false,
        selectable: false,
        zIndex: -1,
        style: { pointerEvents: 'none' as const },
        ariaRole: 'presentation' as const,
      })),
      ...nodes.map((node) => ({
        id: node.id,
        type: 'service',
        position: held?.id === node.id ? { x: held.x, y: held.y } : node.position,
        data: {},
        width: cardSize.width,
        height: node.height,
        // Told, not measured: React Flow waits with edges and with fitting until it knows all sizes.
        measured: { width: cardSize.width, height: node.height },
        selected: selectedService === node.id,
        zIndex: selectedService === node.id ? 10 : 1,
        handles: handlesOf(node.height),
      })),
    ],
    [containers, nodes, held, selectedService],
  );
  const enlarged = detail === 'mid' ? selectedService : null;
  const cards = useMemo(() => new Map(nodes.map((node) => [node.id, boxOfNode(node)])), [nodes]);
  const curves = useMemo(() => {
    // A detour that was not yet seen as a call has a word of its own.
    const ahead = detours.filter(({ onCall }) => onCall === null).map((each) => ({ ...each, held: false }));
    return [...calls, ...ahead].flatMap(({ id, callerId, calleeId, held: isHeld }) => {
      const [from, to] = [cards.get(callerId), cards.get(calleeId)];
      if (from === undefined || to === undefined) return [];
      const start = { x: from.x + from.width, y: from.y + from.height / 2 };
      const end = { x: to.x, y: to.y + to.height / 2 };
      return [{ id, curve: curveOf(start, end), held: isHeld }];
    });
  }, [cards, calls, detours]);
  const labels = useMemo(() => {
    // The selected card is larger when the picture is small; words keep clear of all of it.
    const boxes = [...cards].map(([id, card]) => (id === enlarged ? grown(card, legibleZoom) : card));
    return placeLabels(curves, boxes);
  }, [cards, curves, enlarged]);
  const flowEdges = useMemo<Edge[]>(
    () => [
      ...calls.map((call) => ({
        id: call.id,
        type: 'call',
        data: {
          label: held === null ? labels.get(call.id) : undefined,
          detour: detours.some(({ onCall }) => onCall === call.id),
        },
        source: call.callerId,
        target: call.calleeId,
        selected: selected?.kind === 'call' && selected.id === call.id,
        interactionWidth: 14,
        ariaLabel: call.label,
      })),
      ...detours
        .filter(({ onCall }) => onCall === null)
        .map(({ id, callerId, calleeId, label }) => ({
          id,
          type: 'detour',
          data: { label, place: held === null ? labels.get(id) : undefined },
          source: callerId,
          target: calleeId,
          selectable: false,
          ariaLabel: label,
        })),
    ],
    [calls, detours, selected, labels, held],
  );

  const onNodesChange = (changes: NodeChange[]): void => {
    for (const change of changes) {
      if (change.type !== 'position' || change.position === undefined) continue;
      if (change.dragging === true) setHeld({ id: change.id, ...change.position });
    }
  };

  return (
    <OpenService value={props.onOpenService}>
      <ReactFlow
        ref={frameRef}
        className="flow"
        data-detail={detail}
        // React's types know no custom properties.
        style={{ '--mid-text': `${textPx}px` } as CSSProperties}
        nodes={flowNodes}
        edges={flowEdges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onFocus={({ target }) => {
          if (!target.matches(':focus-visible')) return;
          const id = target.closest('.react-flow__node')?.getAttribute('data-id');
          if (id != null) onKeyboardAt(id);
        }}
        onNodeDragStop={(_, node) => {
          setHeld(null);
          onMoveService(node.id, node.position);
        }}
        onNodeClick={(_, node) => {
          if (node.type === 'service') props.onSelectService(node.id);
        }}
        onNodeDoubleClick={(_, node) => {
          if (node.type === 'service') props.onOpenService(node.id);
        }}
        onNodeContextMenu={(event, node) => {
          if (node.type !== 'service') return;
          event.preventDefault();
          props.onServiceMenu(node.id, { x: event.clientX, y: event.clientY });
        }}
        onNodeMouseMove={noteHover}
        onEdgeClick={(_, edge) => {
          if (edge.type === 'call') props.onSelectCall(edge.id);
        }}
        onEdgeContextMenu={(event, edge) => {
          if (edge.type !== 'call') return;
          event.preventDefault();
          props.onSelectCall(edge.id);
          props.onCallMenu(edge.id, { x: event.clientX, y: event.clientY });
        }}
        onPaneClick={props.onClear}
        onMove={(event, { zoom }) => {
          // Moves that the program makes have no event; a press that moves nothing is no move.
          if (event !== null) onOperatorMoves();
          setDetail(detailAt(zoom));
          setTextPx(midTextAt(zoom));
        }}
        nodeDragThreshold={4}
        defaultViewport={start}
        onMoveEnd={(_, viewport) => useLayout.setState({ viewport })}
        minZoom={leastZoom}
        maxZoom={2}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={noDelete}
        selectionKeyCode={noDelete}
        multiSelectionKeyCode={noDelete}
        zoomOnDoubleClick={false}
        elevateNodesOnSelect={false}
        aria-label="Map of services"
      >
        {/* Far out no dot could be told from the next. */}
        {held === null && detail !== 'far' && <CallDots curves={curves} />}
      </ReactFlow>
    </OpenService>
  );
}

/** The picture as it was when the hand came down, until it lets go: what arrives meanwhile would push things about. */
function useStill({ nodes, calls, containers }: MapPicture, still: boolean): MapPicture {
  const [shown, setShown] = useState<MapPicture>({ nodes, calls, containers });
  const same = shown.nodes === nodes && shown.calls === calls && shown.containers === containers;
  if (still || same) return shown;
  const next = { nodes, calls, containers };
  setShown(next);
  return next;
}

/** The cards that the selection is about: a service's own, or both ends of a call. */
function endsOf(selected: Selection, calls: readonly MapCall[]): readonly EntityId[] {
  if (selected === null) return [];
  if (selected.kind === 'service') return [selected.id];
  const call = calls.find(({ id }) => id === selected.id);
  return call === undefined ? [] : [call.callerId, call.calleeId];
}

function boxOfNode({ position, height }: MapNode): Box {
  return { ...position, width: cardSize.width, height };
}

function handlesOf(height: number): NonNullable<Node['handles']> {
  const side = { y: height / 2, width: 1, height: 1 };
  return [
    { type: 'target', position: Side.Left, x: 0, ...side },
    { type: 'source', position: Side.Right, x: cardSize.width, ...side },
  ];
}
