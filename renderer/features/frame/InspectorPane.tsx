import './InspectorPane.css';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { inspectorWidthLimits, setInspectorWidth, useView } from '../../state/view.ts';

/** The right column and the edge it is resized by, with the pointer or with arrows. */
export function InspectorPane({ children }: { readonly children: ReactNode }) {
  const widthPx = useView((view) => view.inspectorWidthPx);
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    setInspectorWidth(document.documentElement.clientWidth - event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 64 : 16;
    if (event.key === 'ArrowLeft') setInspectorWidth(widthPx + step);
    else if (event.key === 'ArrowRight') setInspectorWidth(widthPx - step);
    else return;
    event.preventDefault();
  };
  return (
    <aside className="inspectorPane" aria-label="Inspector" style={{ width: widthPx }}>
      <div
        className="inspectorEdge"
        role="separator"
        aria-label="Width of the inspector"
        aria-orientation="vertical"
        aria-valuenow={widthPx}
        aria-valuemin={inspectorWidthLimits.least}
        aria-valuemax={inspectorWidthLimits.most}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      />
      {children}
    </aside>
  );
}
