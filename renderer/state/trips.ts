import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';

/** The call that the operator wants to trip, or to declare a fallback for; no caller means every caller. */
export interface TripRequest {
  readonly purpose: 'trip' | 'fallback';
  readonly calleeId: EntityId;
  readonly callerId: EntityId | null;
}

/** What the trip dialog is asked for; null while it is closed. */
export const useTripDialog = create<{ readonly request: TripRequest | null }>(() => ({ request: null }));

/** Asks how calls are to be stopped; nothing is written before the review. */
export function askToTrip(calleeId: EntityId, callerId: EntityId | null): void {
  useTripDialog.setState({ request: { purpose: 'trip', calleeId, callerId } });
}

/** Asks what callers get while the service is tripped. */
export function askForFallback(calleeId: EntityId, callerId: EntityId | null): void {
  useTripDialog.setState({ request: { purpose: 'fallback', calleeId, callerId } });
}

export function closeTripDialog(): void {
  useTripDialog.setState({ request: null });
}
