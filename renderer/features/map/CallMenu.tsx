import { useRef } from 'react';
import { Menu, MenuItem, MenuTrigger, Popover, Button as AriaButton } from 'react-aria-components';
import type { CallId } from '../../../shared/model/entity.ts';
import { useCall, useService } from '../../live/topology.ts';
import { useTripOfCall } from '../../live/trips.ts';
import { editProtections } from '../../state/protections.ts';
import { openReview } from '../../state/review.ts';
import { askForFallback, askToTrip } from '../../state/trips.ts';

/** A call and the point of the window where its menu was asked for. */
export interface CallMenuAt {
  readonly callId: CallId;
  readonly x: number;
  readonly y: number;
}

interface CallMenuProps {
  /** Null while it is closed. */
  readonly at: CallMenuAt | null;
  readonly onClose: () => void;
}

/** What can be done to a call, where the hand is on the map. */
export function CallMenu({ at, onClose }: CallMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const call = useCall(at?.callId ?? null);
  const caller = useService(call?.callerId ?? null);
  const callee = useService(call?.calleeId ?? null);
  const trip = useTripOfCall(at?.callId ?? null);
  if (at === null || call === null || callee === null) return null;
  const title = `${caller?.name ?? 'unknown'} → ${callee.name}`;
  const act = (key: unknown): void => {
    onClose();
    switch (key) {
      case 'trip':
        return askToTrip(callee.id, call.callerId);
      case 'end':
        return trip === null
          ? undefined
          : openReview({ kind: 'endTrip', trip, title: `End the trip of ${title}` });
      case 'fallback':
        return askForFallback(callee.id, call.callerId);
      case 'protections':
        return editProtections(callee.id);
    }
  };
  return (
    <MenuTrigger isOpen onOpenChange={(open) => (open ? undefined : onClose())}>
      <AriaButton
        className="callMenuAnchor"
        style={{ left: at.x, top: at.y }}
        aria-hidden="true"
        excludeFromTabOrder
      >
        <span ref={anchor} />
      </AriaButton>
      <Popover className="popover" triggerRef={anchor} placement="bottom start">
        <Menu aria-label={`Call ${title}`} onAction={act}>
          {trip === null ? <MenuItem id="trip">Trip…</MenuItem> : <MenuItem id="end">End the trip…</MenuItem>}
          <MenuItem id="fallback">Fallback…</MenuItem>
          {callee.kind === 'service' && <MenuItem id="protections">Edit protections…</MenuItem>}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
