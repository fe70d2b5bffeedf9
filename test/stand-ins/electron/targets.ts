import type { CdpSession } from './cdp.ts';
import { chromium } from './running.ts';
import { fromPage, refuse, type Paused } from './schemes.ts';

/** What a window must hear of its page and of the pages that it opens. */
export interface PageListener {
  readonly onGone: () => void;
  readonly onCrash: () => void;
  readonly onPopup: (wanted: { readonly url: string; readonly frameName: string }) => void;
}

interface Attached {
  readonly sessionId: string;
  readonly targetInfo: { readonly targetId: string; readonly openerId?: string };
}

const listeners = new Map<string, PageListener>();
const attached = new Map<string, CdpSession>();
const waiting = new Map<string, (page: CdpSession) => void>();
let following: Promise<void> | null = null;

/** Attaches to every page that is opened from now on, before it does anything. */
export function followTargets(): Promise<void> {
  following ??= follow();
  return following;
}

/** The line to a page that was just opened. */
export async function pageOf(targetId: string, listener: PageListener): Promise<CdpSession> {
  listeners.set(targetId, listener);
  const page =
    attached.get(targetId) ?? (await new Promise<CdpSession>((resolve) => waiting.set(targetId, resolve)));
  page.on('Page.windowOpen', ({ url, windowName }: { url: string; windowName: string }) =>
    listener.onPopup({ url: fromPage(url), frameName: windowName }),
  );
  return page;
}

async function follow(): Promise<void> {
  const { root, session } = chromium();
  root.on('Target.attachedToTarget', ({ sessionId, targetInfo }: Attached) => {
    const page = session(sessionId);
    if (targetInfo.openerId !== undefined && listeners.has(targetInfo.openerId)) {
      void endPopup(page, targetInfo.targetId);
      return;
    }
    attached.set(targetInfo.targetId, page);
    waiting.get(targetInfo.targetId)?.(page);
    page.send('Runtime.runIfWaitingForDebugger').catch(() => undefined);
  });
  root.on('Target.targetDestroyed', ({ targetId }: { targetId: string }) =>
    listeners.get(targetId)?.onGone(),
  );
  root.on('Target.targetCrashed', ({ targetId }: { targetId: string }) => listeners.get(targetId)?.onCrash());
  await root.send('Target.setDiscoverTargets', { discover: true });
  await root.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: 'page' }],
  });
}

/**
 * Whatever the handler answers, a second window is not opened here. The page that Chromium made for it is let run, for a
 * stopped one cannot be closed, but not load, and closed.
 */
async function endPopup(page: CdpSession, targetId: string): Promise<void> {
  page.on('Fetch.requestPaused', (paused: Paused) => void refuse(page, paused, 'Aborted'));
  for (const method of ['Fetch.enable', 'Runtime.runIfWaitingForDebugger'])
    await page.send(method).catch(() => undefined);
  await chromium()
    .root.send('Target.closeTarget', { targetId })
    .catch(() => undefined);
}
