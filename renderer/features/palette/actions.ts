import type { ConnectionState } from '../../../shared/model/connection.ts';
import { showAway, useAway } from '../../live/away.ts';
import { useForwardStore } from '../../live/forwards.ts';
import { useTopology } from '../../live/topology.ts';
import { useTripStore } from '../../live/trips.ts';
import { openAbout, openReport } from '../../state/about.ts';
import { openAddressBook } from '../../state/addressBook.ts';
import { commandMap } from '../../state/commands.ts';
import { copyLinkTo } from '../../state/copyLink.ts';
import { clearFilters, setHideIdle, useFilters } from '../../state/filters.ts';
import { listFindings } from '../../state/findings.ts';
import { askToForward, listForwards } from '../../state/forwards.ts';
import { openLogs } from '../../state/logs.ts';
import { editProtections, listUnprotected } from '../../state/protections.ts';
import { openReview } from '../../state/review.ts';
import { useSelection } from '../../state/selection.ts';
import { askForFallback, askToTrip } from '../../state/trips.ts';
import { askToUnlock } from '../../state/unlock.ts';
import { setDots, setTheme, showPage, useView } from '../../state/view.ts';
import { plainText } from '../../ui/plainText.ts';

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
    { id: 'page config', title: 'Go to configuration', run: () => showPage('config') },
    { id: 'page journal', title: 'Go to the journal', run: () => showPage('journal') },
    { id: 'page sources', title: 'Go to sources', run: () => showPage('sources') },
    {
      id: 'page settings',
      title: 'Settings: theme, time zone, health, environments, login programs…',
      run: () => showPage('settings'),
    },
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
    const { dots } = useView.getState();
    actions.push({
      id: 'dots',
      title: dots ? 'Hide the moving dots on calls' : 'Show moving dots on calls',
      run: () => onMap(() => setDots(!dots)),
    });
    if (hideIdle || queries.length > 0 || focus !== null || path !== null) {
      actions.push({ id: 'clear', title: 'Remove all filters', run: clearFilters });
    }
  }
  if (connections.length > 0) {
    actions.push({
      id: 'findings',
      title: 'Findings: where systems contradict each other, whose load is uneven…',
      run: listFindings,
    });
    actions.push({
      id: 'addresses',
      title: 'Address book: find a service and copy its addresses…',
      run: () => openAddressBook(),
    });
  }
  if (useAway.getState().all.length > 0)
    actions.push({ id: 'away', title: 'What happened while you were away', run: showAway });
  if (useForwardStore.getState().forwards.length > 0)
    actions.push({ id: 'forwards', title: 'Port-forwards: see and stop them…', run: listForwards });
  actions.push(...onSelected(), ...heldTrips());
  for (const { id, title } of connections) {
    actions.push({
      id: `unprotected ${id}`,
      title: `Show calls of ${title} that lack protection…`,
      run: () => listUnprotected(id),
    });
  }
  for (const { id, title, locked } of connections) {
    if (locked) actions.push({ id: `unlock ${id}`, title: `Unlock ${title}…`, run: () => askToUnlock(id) });
  }
  for (const { id, title } of connections)
    actions.push({
      id: `about ${id}`,
      title: `About ${title}: versions, rights, requests…`,
      run: () => openAbout(id),
    });
  actions.push(
    { id: 'report', title: 'Report for a bug: look at it and save it…', run: openReport },
    { id: 'dark', title: 'Theme: dark', run: () => setTheme('dark') },
    { id: 'light', title: 'Theme: light', run: () => setTheme('light') },
    { id: 'system', title: 'Theme: as the system', run: () => setTheme('system') },
    {
      id: 'help',
      title: 'Help: keys, signs, what can be done',
      run: () => useView.setState({ helpOpen: true }),
    },
  );
  return actions;
}

/** What can be done to the call or the service that is selected. */
function onSelected(): PaletteAction[] {
  const { selected } = useSelection.getState();
  const { services, calls } = useTopology.getState();
  if (selected === null) return [];
  const call = selected.kind === 'call' ? calls.get(selected.id) : undefined;
  const callee = services.get(call?.calleeId ?? selected.id);
  if (callee === undefined || callee.hosts.length === 0) return [];
  const caller = call === undefined ? null : (services.get(call.callerId) ?? null);
  const from = caller === null ? '' : ` from ${caller.name}`;
  return [
    {
      id: 'trip',
      title: `Trip calls to ${callee.name}${from}…`,
      run: () => askToTrip(callee.id, caller?.id ?? null),
    },
    {
      id: 'fallback',
      title: `Fallback for calls to ${callee.name}…`,
      run: () => askForFallback(callee.id, caller?.id ?? null),
    },
    {
      id: 'forward',
      title: `Port-forward to ${callee.name}…`,
      run: () => askToForward(callee.id),
    },
    { id: 'logs', title: `Logs of ${callee.name}`, run: () => openLogs(callee.id) },
    {
      id: 'reach',
      title: `How to reach ${callee.name}…`,
      run: () => openAddressBook(callee.id),
    },
    {
      id: 'link',
      title: `Copy a link to ${callee.name}, at this minute`,
      run: () => void copyLinkTo(callee.id),
    },
    {
      id: 'protections',
      title: `Edit protections of ${callee.name}…`,
      run: () => editProtections(callee.id),
    },
  ];
}

/** A way to end each trip that is held. */
function heldTrips(): PaletteAction[] {
  const { services } = useTopology.getState();
  return useTripStore.getState().trips.map((trip) => {
    const callee = trip.calleeId === null ? undefined : services.get(trip.calleeId);
    const call = `${trip.caller?.name ?? 'all callers'} → ${callee?.name ?? trip.host}`;
    const title = `End the trip of ${plainText(call, 120)}`;
    return {
      id: `end ${trip.connectionId} ${trip.id}`,
      title: `${title}…`,
      run: () => openReview({ kind: 'endTrip', trip, title }),
    };
  });
}

/** Shows the map first; it takes commands only while it is drawn. */
function onMap(act: () => void): void {
  showPage('map');
  requestAnimationFrame(() => requestAnimationFrame(act));
}
