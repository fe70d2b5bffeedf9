import { ViewportPortal } from '@xyflow/react';
import { memo, useEffect, useMemo, useRef } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { CallId } from '../../../../shared/model/entity.ts';
import { useCallSignals, useSignals } from '../../../live/signals.ts';
import { useView } from '../../../state/view.ts';
import { useMotion } from '../../../ui/useMotion.ts';
import { dotsMove, dottedCalls, gapOf, loopPx } from './callDots.ts';
import { type Curve, pathOf } from './callPath.ts';

interface CallDotsProps {
  /** Where each call runs. */
  readonly curves: readonly { readonly id: CallId; readonly curve: Curve }[];
}

/** A quarter of the frames: an animation of the browser's own would work anew for every one. */
const stepMs = 66;
const stepPx = 2.64;

/** Dots that go from caller to callee, for who asked for them and whose system lets things move. */
export function CallDots(props: CallDotsProps) {
  const asked = useView((view) => view.dots);
  const mayMove = useMotion();
  return asked && mayMove ? <Dots {...props} /> : null;
}

function Dots({ curves }: CallDotsProps) {
  const layer = useRef<SVGSVGElement>(null);
  const ids = useSignals(useShallow((signals) => dottedCalls(curves, signals.calls)));
  const paths = useMemo(() => {
    const dotted = new Set(ids);
    return curves.filter(({ id }) => dotted.has(id)).map(({ id, curve }) => ({ id, path: pathOf(curve) }));
  }, [ids, curves]);
  const moves = useSignals(({ streamProblem }) => dotsMove(paths.length, streamProblem));
  useEffect(() => (moves ? whileSeen(() => moveOn(layer.current)) : undefined), [moves]);
  return (
    <ViewportPortal>
      <svg ref={layer} className="mapDots" aria-hidden="true">
        {paths.map(({ id, path }) => (
          <DottedCall key={id} id={id} path={path} />
        ))}
      </svg>
    </ViewportPortal>
  );
}

const DottedCall = memo(function DottedCall({ id, path }: { readonly id: CallId; readonly path: string }) {
  const gap = gapOf(useCallSignals(id)?.requestsPerSecond ?? null);
  return gap === null ? null : <path d={path} strokeDasharray={`0 ${gap}`} />;
});

/** One value moves all dots, on a layer of their own. */
function moveOn(layer: SVGSVGElement | null): void {
  const gone = (Math.round(performance.now() / stepMs) * stepPx) % loopPx;
  layer?.style.setProperty('--dotsGone', `${gone.toFixed(1)}px`);
}

/** Steps until the returned function is called, and not while the window is hidden. */
function whileSeen(step: () => void): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const onSeen = (): void => {
    clearInterval(timer);
    timer = document.hidden ? undefined : setInterval(step, stepMs);
  };
  onSeen();
  document.addEventListener('visibilitychange', onSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onSeen);
  };
}
