import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';

/** What the map and the list leave out. */
export interface FilterState {
  /** Find expressions, each shown as a chip: `health:failing`, `p99>200`, a part of a name. */
  readonly queries: readonly string[];
  readonly hideIdle: boolean;
  /** One service with what lies within so many calls of it. */
  readonly focus: { readonly serviceId: EntityId; readonly hops: number } | null;
  /** The shortest way of calls between two services; instead of a focus, never beside one. */
  readonly path: { readonly from: EntityId; readonly to: EntityId } | null;
}

const nothingLeftOut: FilterState = { queries: [], hideIdle: false, focus: null, path: null };

export const useFilters = create<FilterState>(() => nothingLeftOut);

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
  useFilters.setState({ focus, path: null });
}

export function setPath(path: FilterState['path']): void {
  useFilters.setState({ path, focus: null });
}

export function clearFilters(): void {
  useFilters.setState(nothingLeftOut);
}
