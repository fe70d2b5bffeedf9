import { type ReactNode, useRef } from 'react';
import { Button as AriaButton, type Key, Menu, MenuTrigger, Popover } from 'react-aria-components';

/** A point of the window. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A menu that opens where the hand is. The keyboard goes back to where it was once it is closed. */
export function PointMenu({
  at,
  label,
  onAction,
  onClose,
  children,
}: {
  readonly at: Point;
  readonly label: string;
  readonly onAction: (key: Key) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <MenuTrigger isOpen onOpenChange={(open) => (open ? undefined : onClose())}>
      <AriaButton
        className="pointMenuAnchor"
        style={{ left: at.x, top: at.y }}
        aria-hidden="true"
        excludeFromTabOrder
      >
        <span ref={anchor} />
      </AriaButton>
      <Popover className="popover" aria-label={label} triggerRef={anchor} placement="bottom start">
        <Menu aria-label={label} autoFocus="first" onAction={onAction}>
          {children}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
