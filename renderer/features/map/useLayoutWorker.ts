import { useEffect, useRef, useState } from 'react';
import type { LayoutNode, Position } from '../../../shared/analysis/layoutShapes.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import { useTopology } from '../../live/topology.ts';
import { commandMap } from '../../state/commands.ts';
import { setPlaced, useLayout } from '../../state/layout.ts';
import { showToast } from '../../state/toasts.ts';
import type { LayoutAnswer, LayoutQuestion } from './layoutMessages.ts';
import { deservesFreshLayout, layoutEdgesOf } from './layoutNodes.ts';
import { whenHandRests } from './whenHandRests.ts';

/** Services are known before their calls; for so long the first picture waits for them, so that it is not drawn twice. */
const waitForCallsMs = 1_200;

/** Why places are worked out: the first picture, as asked for, for the calls now known, or for what is new in it. */
type Cause = 'first' | 'tidy' | 'calls' | 'news';

/**
 * Has a worker lay out what is known. Nothing that stands moves by itself once the operator has touched the map, nor under a
 * pointer on its way to a card.
 */
export function useLayoutWorker(
  nodes: readonly LayoutNode[],
  byHand: ReadonlyMap<EntityId, Position>,
  tidyCount: number,
): void {
  const serviceIds = useTopology((graph) => graph.serviceIds);
  const callIds = useTopology((graph) => graph.callIds);
  const [overdue, setOverdue] = useState(false);
  const [refused, setRefused] = useState(0);
  const asked = useRef<{ sequence: number; tidy: number; cause: Cause }>({
    sequence: 0,
    tidy: tidyCount,
    cause: 'news',
  });
  const waitingSince = useRef<number | null>(null);
  const worker = useRef<Worker | null>(null);
  const latest = useRef({ nodes, byHand });
  useEffect(() => {
    latest.current = { nodes, byHand };
  });

  useEffect(() => {
    let callOff = (): void => undefined;
    const made = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
    made.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
      const { sequence, cause } = asked.current;
      // An answer to what has been asked anew since is of no use.
      if (data.sequence !== sequence) return;
      callOff();
      const place = (): void => {
        if (cause !== 'calls' || !useLayout.getState().touched)
          return setPlaced(data.positions, cause !== 'news');
        // What is new among them still needs a place.
        setRefused((count) => count + 1);
        offerTidy();
      };
      if (cause === 'first' || cause === 'tidy' || useLayout.getState().touched) place();
      else callOff = whenHandRests(place);
    };
    worker.current = made;
    return () => {
      callOff();
      made.terminate();
      worker.current = null;
      // The next worker knows nothing of what was asked of this one.
      asked.current = { ...asked.current, sequence: asked.current.sequence + 1 };
    };
  }, []);

  useEffect(() => {
    if (serviceIds.length === 0) {
      waitingSince.current = null;
      return;
    }
    const { services, calls } = useTopology.getState();
    const { placed, touched, callsLaidOut } = useLayout.getState();
    const known = Object.entries(placed).filter(([id]) => services.has(id));
    if (known.length === 0 && callIds.length === 0 && !overdue) {
      waitingSince.current ??= Date.now();
      const left = waitingSince.current + waitForCallsMs - Date.now();
      const timer = setTimeout(() => setOverdue(true), left);
      return () => clearTimeout(timer);
    }
    const grown = deservesFreshLayout(callsLaidOut, callIds.length);
    const cause = causeOf(known.length === 0, asked.current.tidy !== tidyCount, grown && !touched);
    if (cause === 'first') useLayout.setState({ touched: false });
    if (grown || cause !== 'news') useLayout.setState({ callsLaidOut: callIds.length });
    if (grown && cause === 'news') offerTidy();
    asked.current = { sequence: asked.current.sequence + 1, tidy: tidyCount, cause };
    const question: LayoutQuestion = {
      sequence: asked.current.sequence,
      nodes: latest.current.nodes,
      edges: layoutEdgesOf(calls.values()),
      known: cause === 'news' ? known : [],
      fixed: [...latest.current.byHand],
    };
    worker.current?.postMessage(question);
    return undefined;
  }, [serviceIds, callIds, tidyCount, overdue, refused]);
}

function causeOf(isFirst: boolean, isTidied: boolean, isGrown: boolean): Cause {
  if (isFirst) return 'first';
  if (isTidied) return 'tidy';
  return isGrown ? 'calls' : 'news';
}

function offerTidy(): void {
  showToast({
    tone: 'neutral',
    text: 'More calls between the services are known now than when the map was laid out.',
    action: { title: 'Tidy the map', run: () => commandMap('tidy') },
  });
}
