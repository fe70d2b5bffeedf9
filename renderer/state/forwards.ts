import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';

interface ForwardDialogState {
  readonly open: boolean;
  /** What is to be forwarded; null where only the list is looked at. */
  readonly request: { readonly serviceId: EntityId; readonly instance: string | null } | null;
}

/** The dialog of port-forwards: the list of them, and one that is about to be opened. */
export const useForwardDialog = create<ForwardDialogState>(() => ({ open: false, request: null }));

/** Asks for a forward to a service, or to the instance of this uid. */
export function askToForward(serviceId: EntityId, instance: string | null = null): void {
  useForwardDialog.setState({ open: true, request: { serviceId, instance } });
}

export function listForwards(): void {
  useForwardDialog.setState({ open: true, request: null });
}

export function closeForwards(): void {
  useForwardDialog.setState({ open: false, request: null });
}
