import type { KeyboardEvent, PointerEvent } from 'react';
import { setLogHeight } from '../../state/logs.ts';

/** The edge that the panel is made higher or lower by, with the pointer or with arrows. */
export function PanelEdge({ heightPx }: { readonly heightPx: number }) {
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const bottom = event.currentTarget.parentElement?.getBoundingClientRect().bottom ?? 0;
    setLogHeight(bottom - event.clientY);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 64 : 16;
    if (event.key === 'ArrowUp') setLogHeight(heightPx + step);
    else if (event.key === 'ArrowDown') setLogHeight(heightPx - step);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className="logsEdge"
      role="separator"
      aria-label="Height of the logs"
      aria-orientation="horizontal"
      aria-valuenow={heightPx}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
