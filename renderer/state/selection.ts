import { create } from 'zustand';
import type { CallId, EntityId } from '../../shared/model/entity.ts';

/** What the operator looks at: one service, one call, or nothing. */
export type Selection =
  { readonly kind: 'service'; readonly id: EntityId } | { readonly kind: 'call'; readonly id: CallId } | null;

interface SelectionState {
  readonly selected: Selection;
  /** Rises each time the map is asked to bring the selection into view. */
  readonly centreRequest: number;
}

export const useSelection = create<SelectionState>(() => ({ selected: null, centreRequest: 0 }));

/** The selected service's id, else null. */
export function useSelectedServiceId(): EntityId | null {
  return useSelection(({ selected }) => (selected?.kind === 'service' ? selected.id : null));
}

/** The selected call's id, else null. */
export function useSelectedCallId(): CallId | null {
  return useSelection(({ selected }) => (selected?.kind === 'call' ? selected.id : null));
}

/** Selects a service; with `centre`, the map also brings it into view. */
export function selectService(id: EntityId, options: { readonly centre?: boolean } = {}): void {
  useSelection.setState((state) => ({
    selected: { kind: 'service', id },
    centreRequest: state.centreRequest + (options.centre === true ? 1 : 0),
  }));
}

export function selectCall(id: CallId): void {
  useSelection.setState({ selected: { kind: 'call', id } });
}

export function clearSelection(): void {
  useSelection.setState({ selected: null });
}
