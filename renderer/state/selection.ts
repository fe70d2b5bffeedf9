import { create } from 'zustand';
import type { CallId, EntityId } from '../../shared/model/entity.ts';

/** What the operator looks at: one service, one call, or nothing. */
export type Selection =
  { readonly kind: 'service'; readonly id: EntityId } | { readonly kind: 'call'; readonly id: CallId } | null;

interface SelectionState {
  readonly selected: Selection;
  /** What the map is asked to bring into view; the map answers by putting it back to null. */
  readonly toCentre: EntityId | null;
}

export const useSelection = create<SelectionState>(() => ({ selected: null, toCentre: null }));

/** The selected service's id, else null. */
export function useSelectedServiceId(): EntityId | null {
  return useSelection(({ selected }) => (selected?.kind === 'service' ? selected.id : null));
}

/** Selects a service; with `centre`, the map also brings it into view. */
export function selectService(id: EntityId, options: { readonly centre?: boolean } = {}): void {
  useSelection.setState({
    selected: { kind: 'service', id },
    ...(options.centre === true && { toCentre: id }),
  });
}

export function selectCall(id: CallId): void {
  useSelection.setState({ selected: { kind: 'call', id } });
}

export function clearSelection(): void {
  useSelection.setState({ selected: null });
}
