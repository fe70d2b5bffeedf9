import { openBrowserLine } from './browserLine.ts';
import { openDesktopLine } from './desktopLine.ts';
import { keepLine } from './link.ts';

let begun = false;

/** Begins to keep the one line this window has. The browser host serves http; anything else is the desktop's scheme. */
export function beginLine(): void {
  if (begun) return;
  begun = true;
  void keepLine(location.protocol === 'http:' ? openBrowserLine : openDesktopLine);
}
