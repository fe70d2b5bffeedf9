import { MenuItem } from 'react-aria-components';
import type { CallId } from '../../../shared/model/entity.ts';
import { useCall, useService } from '../../live/topology.ts';
import { useTripOfCall } from '../../live/trips.ts';
import { editProtections } from '../../state/protections.ts';
import { openReview } from '../../state/review.ts';
import { type Point, PointMenu } from '../../ui/PointMenu.tsx';
import { useClosesOnceGone } from '../../ui/useClosesOnceGone.ts';
import { askForFallback, askToTrip } from '../../state/trips.ts';

/** A call and the point of the window where its menu was asked for. */
export interface CallMenuAt extends Point {
  readonly callId: CallId;
}

interface CallMenuProps {
  /** Null while it is closed. */
  readonly at: CallMenuAt | null;
  readonly onClose: () => void;
}

/** What can be done to a call, where the hand is on the map. */
export function CallMenu({ at, onClose }: CallMenuProps) {
  const call = useCall(at?.callId ?? null);
  const caller = useService(call?.callerId ?? null);
  const callee = useService(call?.calleeId ?? null);
  const trip = useTripOfCall(at?.callId ?? null);
  useClosesOnceGone(at !== null && (call === null || callee === null), onClose);
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
    <PointMenu at={at} label={`Call ${title}`} onAction={act} onClose={onClose}>
      {trip === null ? <MenuItem id="trip">Trip…</MenuItem> : <MenuItem id="end">End the trip…</MenuItem>}
      <MenuItem id="fallback">Fallback…</MenuItem>
      {callee.kind === 'service' && <MenuItem id="protections">Edit protections…</MenuItem>}
    </PointMenu>
  );
}
