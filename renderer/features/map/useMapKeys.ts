import { type KeyboardEvent, useCallback } from 'react';
import type { EntityId } from '../../../shared/model/entity.ts';
import { selectService, useSelection } from '../../state/selection.ts';
import type { Point } from '../../ui/PointMenu.tsx';
import { type Direction, follow } from './follow.ts';
import type { MapCall, MapCamera, MapNode } from './MapCanvas.ts';

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Keys on the map's cards: arrows lead along calls, M opens the menu of the card. */
export function useMapKeys(
  nodes: readonly MapNode[],
  calls: readonly MapCall[],
  camera: { readonly current: MapCamera | null },
  openMenu: (id: EntityId, at: Point) => void,
): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!(event.target instanceof HTMLElement)) return;
      const card = event.target.closest<HTMLElement>('[data-service-id]');
      const from = card?.dataset.serviceId;
      if (card === null || from === undefined) return;
      if (event.key === 'm' || event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
        event.preventDefault();
        openMenu(from, belowOf(card));
        return;
      }
      const direction = directions[event.key];
      if (direction === undefined) return;
      event.preventDefault();
      const positions = new Map(nodes.map(({ id, position }) => [id, position]));
      const to = follow({ from, direction, positions, calls });
      if (to === null) return;
      selectService(to);
      camera.current?.reveal(to);
      focusCard(to);
    },
    [nodes, calls, camera, openMenu],
  );
}

/** Where a menu of a card belongs that no hand asked for. */
export function belowOf(card: Element): Point {
  const { left, bottom } = card.getBoundingClientRect();
  return { x: left + 12, y: bottom };
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
