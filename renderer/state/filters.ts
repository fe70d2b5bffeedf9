import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';

/** What the map and the list leave out. */
export interface FilterState {
  /** Find expressions, each shown as a chip: `health:failing`, `p99>200`, a part of a name. */
  readonly queries: readonly string[];
  readonly hideIdle: boolean;
  /** One service with what lies within so many calls of it. */
  readonly focus: { readonly serviceId: EntityId; readonly hops: number } | null;
}

export const useFilters = create<FilterState>(() => ({ queries: [], hideIdle: false, focus: null }));

export function addQuery(query: string): void {
  const text = query.trim();
  if (text === '') return;
  useFilters.setState(({ queries }) => ({ queries: queries.includes(text) ? queries : [...queries, text] }));
}

export function removeQuery(query: string): void {
  useFilters.setState(({ queries }) => ({ queries: queries.filter((each) => each !== query) }));
}

export function setHideIdle(hideIdle: boolean): void {
  useFilters.setState({ hideIdle });
}

export function setFocus(focus: FilterState['focus']): void {
  useFilters.setState({ focus });
}

export function clearFilters(): void {
  useFilters.setState({ queries: [], hideIdle: false, focus: null });
}
