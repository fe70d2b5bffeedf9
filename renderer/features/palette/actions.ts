import type { ConnectionState } from '../../../shared/model/connection.ts';
import { commandMap } from '../../state/commands.ts';
import { clearFilters, setHideIdle, useFilters } from '../../state/filters.ts';
import { askToUnlock } from '../../state/unlock.ts';
import { setTheme, showPage, useView } from '../../state/view.ts';

/** Something the palette can do. */
export interface PaletteAction {
  readonly id: string;
  readonly title: string;
  readonly run: () => void;
}

/** What can be done just now; what makes no sense just now is not offered. */
export function actionsOf(connections: readonly ConnectionState[]): PaletteAction[] {
  const actions: PaletteAction[] = [
    { id: 'page map', title: 'Go to the map', run: () => showPage('map') },
    { id: 'page services', title: 'Go to the list of services', run: () => showPage('services') },
    { id: 'page journal', title: 'Go to the journal', run: () => showPage('journal') },
    { id: 'page sources', title: 'Go to sources', run: () => showPage('sources') },
  ];
  if (connections.length > 0) {
    actions.push(
      { id: 'fit', title: 'Fit the map in view', run: () => onMap(() => commandMap('fit')) },
      {
        id: 'tidy',
        title: 'Tidy the map: lay everything out anew',
        run: () => onMap(() => commandMap('tidy')),
      },
    );
    const { hideIdle, queries, focus, path } = useFilters.getState();
    actions.push({
      id: 'idle',
      title: hideIdle ? 'Show idle services' : 'Hide idle services',
      run: () => setHideIdle(!hideIdle),
    });
    if (hideIdle || queries.length > 0 || focus !== null || path !== null) {
      actions.push({ id: 'clear', title: 'Remove all filters', run: clearFilters });
    }
  }
  for (const { id, title, locked } of connections) {
    if (locked) actions.push({ id: `unlock ${id}`, title: `Unlock ${title}…`, run: () => askToUnlock(id) });
  }
  actions.push(
    { id: 'dark', title: 'Theme: dark', run: () => setTheme('dark') },
    { id: 'light', title: 'Theme: light', run: () => setTheme('light') },
    { id: 'system', title: 'Theme: as the system', run: () => setTheme('system') },
    { id: 'help', title: 'Keys and signs', run: () => useView.setState({ helpOpen: true }) },
  );
  return actions;
}

/** Shows the map first; it takes commands only while it is drawn. */
function onMap(act: () => void): void {
  showPage('map');
  requestAnimationFrame(() => requestAnimationFrame(act));
}
