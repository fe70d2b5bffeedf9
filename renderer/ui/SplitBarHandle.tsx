import { useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { leftWeightAt, moveTo, positionOf, stepOf } from './splitBarGeometry.ts';
import type { SplitHandle } from './splitBarGeometry.ts';

interface SplitBarHandleProps {
  readonly handle: SplitHandle;
  readonly label: string;
  readonly titles: readonly string[];
  readonly weights: readonly number[];
  readonly pending: readonly number[] | null;
  readonly onChange: (weights: readonly number[]) => void;
  readonly onCancel: () => void;
}

/** A drag under way: where the hand took the handle, and what was pending before. */
interface Grip {
  readonly pointerId: number;
  readonly offset: number;
  readonly bar: DOMRect;
  readonly before: readonly number[] | null;
}

/** A handle between two versions: the hand or the arrow keys move it, Esc puts it back. */
export function SplitBarHandle(props: SplitBarHandleProps) {
  const { handle, titles, weights, pending, onChange, onCancel } = props;
  const grip = useRef<Grip | null>(null);
  const [held, setHeld] = useState(false);
  const left = weights[handle.left] ?? 0;
  const right = weights[handle.right] ?? 0;
  const position = positionOf(weights, handle);

  const release = (target: HTMLElement) => {
    if (grip.current && target.hasPointerCapture(grip.current.pointerId)) {
      target.releasePointerCapture(grip.current.pointerId);
    }
    grip.current = null;
    setHeld(false);
  };
  const putBack = (target: HTMLElement) => {
    const before = grip.current?.before ?? null;
    release(target);
    if (before) onChange(before);
    else onCancel();
  };

  const onPointerDown = (event: PointerEvent<HTMLSpanElement>) => {
    const bar = event.currentTarget.parentElement?.getBoundingClientRect();
    if (event.button !== 0 || !bar || bar.width === 0) return;
    event.preventDefault();
    event.stopPropagation();
    // It is under the hand; nothing is to be scrolled for it.
    event.currentTarget.focus({ preventScroll: true });
    event.currentTarget.setPointerCapture(event.pointerId);
    // The handle may be held by its edge: it must not jump to the middle of the hand.
    const offset = position - (event.clientX - bar.left) / bar.width;
    grip.current = { pointerId: event.pointerId, offset, bar, before: pending };
    setHeld(true);
  };
  const onPointerMove = (event: PointerEvent<HTMLSpanElement>) => {
    const held = grip.current;
    if (!held || held.pointerId !== event.pointerId) return;
    const at = (event.clientX - held.bar.left) / held.bar.width + held.offset;
    const moved = moveTo(weights, handle, leftWeightAt(weights, handle, at));
    if (moved[handle.left] !== left) onChange(moved);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLSpanElement>) => {
    if (event.key === 'Escape' && (grip.current || pending)) {
      stop(event);
      putBack(event.currentTarget);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const wanted = wantedBy(event, left, left + right, stepOf(weights));
    if (wanted === null) return;
    // The map moves nodes by arrows too: this press is spent.
    stop(event);
    const moved = moveTo(weights, handle, wanted);
    if (moved[handle.left] !== left) onChange(moved);
  };

  return (
    <span
      className={held ? 'splitHandle splitHandleHeld nodrag nopan nokey' : 'splitHandle nodrag nopan nokey'}
      style={{ left: `${position * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={left + right}
      aria-valuenow={left}
      aria-valuetext={titles.map((title, index) => `${title} ${weights[index] ?? 0}`).join(', ')}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={(event) => release(event.currentTarget)}
      onPointerCancel={(event) => grip.current && putBack(event.currentTarget)}
      onLostPointerCapture={(event) => release(event.currentTarget)}
      onKeyDown={onKeyDown}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <span
        className="splitNumber"
        style={{ transform: `translateX(${-100 * position}%)` }}
        aria-hidden="true"
      >
        {titles[handle.left]} <b>{left}</b> · {titles[handle.right]} <b>{right}</b>
      </span>
    </span>
  );
}

function wantedBy(event: KeyboardEvent, left: number, both: number, step: number): number | null {
  const by = event.shiftKey ? step * 10 : step;
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return left + by;
    case 'ArrowLeft':
    case 'ArrowDown':
      return left - by;
    case 'PageUp':
      return left + step * 10;
    case 'PageDown':
      return left - step * 10;
    case 'Home':
      return 0;
    case 'End':
      return both;
    default:
      return null;
  }
}

function stop(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
