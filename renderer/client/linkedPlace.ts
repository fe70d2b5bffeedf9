import { readLink } from '../../shared/model/deepLink.ts';
import { askToShow } from '../state/linkedPlace.ts';

/** Takes the place that a link asks for from the address, now and whenever the host puts another there. */
export function listenForLinks(): void {
  takeLink();
  window.addEventListener('hashchange', takeLink);
}

function takeLink(): void {
  const asked = new URLSearchParams(location.hash.slice(1));
  const text = asked.get('open');
  if (text === null) return;
  asked.delete('open');
  // A reload is not to follow it again; the code of the browser host stays for the line to take.
  const rest = asked.toString();
  history.replaceState(null, '', `${location.pathname}${rest === '' ? '' : `#${rest}`}`);
  const link = readLink(text);
  if (link !== null) askToShow(link);
}
