import { useEffect } from 'react';
import { clearSelection, useSelection } from '../../state/selection.ts';
import { useTopology } from '../../live/topology.ts';
import { commandMap } from '../../state/commands.ts';
import { copyLinkTo, serviceInView } from '../../state/copyLink.ts';
import { askToForward } from '../../state/forwards.ts';
import { openLogs } from '../../state/logs.ts';
import { askToTrip } from '../../state/trips.ts';
import { showPage, useView } from '../../state/view.ts';

/** The keys that work everywhere in the window; features/help/keys.ts lists them for people. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        useView.setState({ paletteOpen: true });
        return;
      }
      if ((event.ctrlKey || event.metaKey) && event.key === ',') {
        event.preventDefault();
        if (!isAnswering()) showPage('settings');
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || isAnswering()) return;
      if (!act(event.key)) return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function act(key: string): boolean {
  switch (key) {
    case '?':
      useView.setState({ helpOpen: true });
      return true;
    case '/':
      return focusFind();
    case '1':
      showPage('map');
      return true;
    case '2':
      showPage('services');
      return true;
    case '3':
      showPage('config');
      return true;
    case '4':
      showPage('journal');
      return true;
    case '5':
      showPage('sources');
      return true;
    case '0':
      commandMap('fit');
      return true;
    case '+':
      commandMap('zoomIn');
      return true;
    case '-':
      commandMap('zoomOut');
      return true;
    case 't':
      return tripSelected();
    case 'l':
      return copyLink();
    case 'g':
      return logsOfSelected();
    case 'f':
      return forwardSelected();
    case 'Escape':
      if (!returnToMap()) clearSelection();
      return true;
  }
  return false;
}

/** Asks how the selected call, or all calls to the selected service, are to be stopped. */
function tripSelected(): boolean {
  const { selected } = useSelection.getState();
  const { services, calls } = useTopology.getState();
  const call = selected?.kind === 'call' ? calls.get(selected.id) : undefined;
  const calleeId = selected?.kind === 'service' ? selected.id : call?.calleeId;
  if (calleeId === undefined || services.get(calleeId)?.hosts[0] === undefined) return false;
  askToTrip(calleeId, call?.callerId ?? null);
  return true;
}

function copyLink(): boolean {
  const service = serviceInView();
  if (service === null) return false;
  void copyLinkTo(service);
  return true;
}

/** The logs of the selected service, or of the one that is called. */
function logsOfSelected(): boolean {
  const service = serviceInView();
  if (service === null) return false;
  openLogs(service);
  return true;
}

/** Asks for a port-forward to the selected service, or to the one that is called. */
function forwardSelected(): boolean {
  const service = serviceInView();
  if (service === null) return false;
  askToForward(service);
  return true;
}

function focusFind(): boolean {
  const field = document.querySelector<HTMLInputElement>('input[data-find]');
  field?.focus();
  return field !== null;
}

/** From the inspector back to the card it is about; false when the keyboard is not in the inspector. */
function returnToMap(): boolean {
  const { selected } = useSelection.getState();
  const inside = document.activeElement?.closest('aside[aria-label="Inspector"]');
  if (selected === null || inside === null || inside === undefined) return false;
  const card = document.querySelector<HTMLElement>(`[data-service-id="${CSS.escape(selected.id)}"]`);
  card?.focus({ preventScroll: true });
  return card !== null;
}

/** A dialog is open: the page behind it stays. */
function isAnswering(): boolean {
  return document.querySelector('[role="dialog"],[role="alertdialog"]') !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
