import { Notification } from 'electron/main';
import type { News } from '../shared/core/ports.ts';

/** What the windows are like just now, and what a click asks of them. */
export interface Desk {
  /** Whether somebody works in a window of Podium's. */
  isLookedAt(): boolean;
  /** Brings the window to the front, at the place that a link names. */
  show(link: string | null): void;
  /** Hears why the system did not show one. */
  fail(why: string): void;
}

const most = 20;

/** Shows what happened while nobody looks at the window. What the system does with it, as when nobody wants to be disturbed, is the system's. */
export function createNotifier({ isLookedAt, show, fail }: Desk): (news: News) => void {
  // One that nobody holds is collected, and its click with it.
  const shown = new Set<Notification>();
  return ({ title, text, link }) => {
    if (isLookedAt() || !Notification.isSupported()) return;
    const notification = new Notification({ title, body: text });
    const forget = (): void => void shown.delete(notification);
    shown.add(notification);
    const [oldest] = shown;
    if (shown.size > most && oldest !== undefined) shown.delete(oldest);
    notification.on('click', () => {
      forget();
      show(link);
    });
    notification.on('close', forget);
    notification.on('failed', (_event, why) => {
      forget();
      fail(why);
    });
    notification.show();
  };
}
