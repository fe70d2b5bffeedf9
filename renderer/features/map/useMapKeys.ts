import { type KeyboardEvent, useCallback } from 'react';
import type { EntityId } from '../../../shared/model/entity.ts';
import { selectService, useSelection } from '../../state/selection.ts';
import { type Direction, follow } from './follow.ts';
import type { MapCall, MapCamera, MapNode } from './MapCanvas.ts';

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Arrows on the map: from the focused card, else from the selected one, along its calls. */
export function useMapKeys(
  nodes: readonly MapNode[],
  calls: readonly MapCall[],
  camera: { readonly current: MapCamera | null },
): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      const direction = directions[event.key];
      if (direction === undefined || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
      if (!(event.target instanceof HTMLElement)) return;
      const from = event.target.closest<HTMLElement>('[data-service-id]')?.dataset.serviceId ?? null;
      if (from === null) return;
      event.preventDefault();
      const positions = new Map(nodes.map(({ id, position }) => [id, position]));
      const to = follow({ from, direction, positions, calls });
      if (to === null) return;
      selectService(to);
      camera.current?.reveal(to);
      focusCard(to);
    },
    [nodes, calls, camera],
  );
}

/** Puts the keyboard on a card of the map. */
export function focusCard(id: EntityId): void {
  const card = document.querySelector<HTMLElement>(`[data-service-id="${CSS.escape(id)}"]`);
  // The card is brought into view by the camera; the browser's own scrolling would shift the map under it.
  card?.focus({ preventScroll: true });
}

/** Selects a service and puts the keyboard into the inspector, once it is there. Escape leads back. */
export function focusInspector(id: EntityId): void {
  if (useSelection.getState().selected?.id !== id) selectService(id);
  requestAnimationFrame(() => {
    const pane = document.querySelector<HTMLElement>('aside[aria-label="Inspector"]');
    const first = pane?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"], button, a[href]');
    first?.focus();
  });
}
