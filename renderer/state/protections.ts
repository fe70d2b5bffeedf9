import { create } from 'zustand';
import type { ConnectionId, EntityId } from '../../shared/model/entity.ts';

/** A protection that a form can be opened at, with a value for it. */
export type ProposedKind = 'timeout' | 'limit' | 'ejection';

/** Figures that a proposed value rests on. */
export interface ProposalFigures {
  readonly requestsPerSecond: number | null;
  readonly p99Ms: number | null;
}

/** Whose protections are edited, and what is proposed. */
export interface ProtectionRequest {
  readonly serviceId: EntityId;
  readonly propose: { readonly kind: ProposedKind; readonly figures: ProposalFigures } | null;
}

interface ProtectionsState {
  /** Null while the form is closed. */
  readonly request: ProtectionRequest | null;
  /** The connection whose unprotected calls are listed; null while the list is closed. */
  readonly listed: ConnectionId | null;
}

export const useProtectionDialogs = create<ProtectionsState>(() => ({ request: null, listed: null }));

/** Opens the protections of a service as a form; with a proposal, that value is filled in. */
export function editProtections(serviceId: EntityId, propose: ProtectionRequest['propose'] = null): void {
  useProtectionDialogs.setState({ request: { serviceId, propose }, listed: null });
}

export function closeProtections(): void {
  useProtectionDialogs.setState({ request: null });
}

/** Lists the calls that nothing, or not enough, protects. */
export function listUnprotected(connectionId: ConnectionId): void {
  useProtectionDialogs.setState({ listed: connectionId });
}

export function closeUnprotected(): void {
  useProtectionDialogs.setState({ listed: null });
}
