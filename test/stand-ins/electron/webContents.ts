import { EventEmitter } from 'node:events';
import type { CdpSession } from './cdp.ts';
import { ipcMain } from './ipcMain.ts';
import { openPageLine, type PageLine } from './pageLine.ts';
import { takePorts, type MessagePortMain } from './ports.ts';
import { chromium } from './running.ts';
import { answer, fromPage, refuse, toPage, type Paused } from './schemes.ts';
import { settlePermissions } from './session.ts';
import { strict } from './strict.ts';
import { followTargets, pageOf } from './targets.ts';

/** What a window was told its page may do. */
export interface WebPreferences {
  readonly preload: string;
  readonly sandbox: boolean;
  readonly contextIsolation: boolean;
  readonly nodeIntegration: boolean;
}

type OpenHandler = (details: { readonly url: string; readonly frameName: string }) => {
  readonly action: string;
};

export type WebContents = ReturnType<typeof createWebContents>;

const known = new Map<string, WebContents>();
let made = 0;

export const webContents = strict(
  { fromDevToolsTargetId: (id: string): WebContents | undefined => known.get(id) },
  'webContents',
);

/** The page of a window. `onGone` hears that it has ended, by whomever. */
export function createWebContents(
  preferences: WebPreferences,
  size: { readonly width: number; readonly height: number },
  onGone: () => void,
) {
  const events = new EventEmitter();
  const announced = new Set<string>();
  made += 1;
  let url = '';
  let isGone = false;
  let isCrashed = false;
  let zoomFactor = 1;
  let line: PageLine | null = null;
  let openHandler: OpenHandler = () => ({ action: 'allow' });
  const mainFrame = strict({ parent: null, get url() { return url; } }, 'WebFrameMain'); // prettier-ignore
  const opened = open();

  const contents = strict(
    Object.assign(events, {
      id: made,
      async loadURL(wanted: string): Promise<void> {
        const { page } = await opened;
        await settlePermissions(contents, wanted);
        const address = new URL(toPage(wanted));
        announced.add(withoutHash(address.href));
        const finished = new Promise((resolve) => events.once('did-finish-load', resolve));
        const went = await page.send<{ errorText?: string; loaderId?: string }>('Page.navigate', {
          url: address.href,
        });
        if (went.errorText !== undefined) throw new Error(`${went.errorText} loading '${wanted}'`);
        // Another fragment of the same page loads nothing.
        if (went.loaderId === undefined) announced.delete(withoutHash(address.href));
        else await finished;
      },
      getURL: () => url,
      isDestroyed: () => isGone,
      isCrashed: () => isCrashed,
      /** Remembered, and nothing gets larger. */
      setZoomFactor: (factor: number): void => void (zoomFactor = factor),
      getZoomFactor: () => zoomFactor,
      /** Chromium does not answer this, for there is nobody left to. */
      forcefullyCrashRenderer: (): void =>
        void opened.then(({ page }) => page.send('Page.crash')).catch(() => undefined),
      getLastWebPreferences: () => preferences,
      postMessage: (channel: string, message: unknown, ports: readonly MessagePortMain[] = []): void => {
        if (isGone) throw new TypeError('Object has been destroyed');
        line?.post(channel, [message], takePorts(ports));
      },
      setWindowOpenHandler: (handler: OpenHandler): void => void (openHandler = handler),
      /** Playwright closes a page by this. */
      close: (): void => void closeTarget(),
    }),
    'webContents',
  );
  return contents;

  async function open(): Promise<{ page: CdpSession; targetId: string }> {
    const { root } = chromium();
    await followTargets();
    const { targetId } = await root.send<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      ...size,
    });
    known.set(targetId, contents);
    const onPopup = (wanted: { url: string; frameName: string }): void => void openHandler(wanted);
    const page = await pageOf(targetId, { onGone: gone, onCrash: crashed, onPopup });
    page.on('Fetch.requestPaused', (paused: Paused) => {
      const leaves = paused.resourceType === 'Document' && paused.frameId === targetId;
      if (leaves && isLeavingPrevented(paused.request.url)) void refuse(page, paused, 'Aborted');
      else void answer(page, paused);
    });
    // Addresses of other schemes than Chromium's own never become a request.
    page.on('Page.frameRequestedNavigation', ({ url: wanted }: { url: string }) => {
      if (!/^(https?|javascript):/i.test(wanted)) isLeavingPrevented(wanted);
    });
    page.on('Page.frameNavigated', ({ frame }: { frame: { url: string; parentId?: string } }) => {
      if (frame.parentId === undefined) url = fromPage(frame.url);
    });
    page.on('Page.navigatedWithinDocument', ({ url: to }: { url: string }) => (url = fromPage(to)));
    page.on('Page.domContentEventFired', () => events.emit('dom-ready'));
    page.on('Page.loadEventFired', () => events.emit('did-finish-load'));
    await page.send('Page.enable');
    await page.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    line = await openPageLine(page, preferences.preload, (channel, args) =>
      ipcMain.emit(channel, { sender: contents, senderFrame: mainFrame }, ...args),
    );
    return { page, targetId };
  }

  function isLeavingPrevented(to: string): boolean {
    if (announced.delete(withoutHash(to))) return false;
    let prevented = false;
    events.emit('will-navigate', { url: fromPage(to), preventDefault: () => (prevented = true) });
    return prevented;
  }

  async function closeTarget(): Promise<void> {
    const { targetId } = await opened;
    await chromium()
      .root.send('Target.closeTarget', { targetId })
      .catch(() => undefined);
  }

  function crashed(): void {
    isCrashed = true;
    line?.close();
    events.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
  }

  function gone(): void {
    if (isGone) return;
    isGone = true;
    line?.close();
    events.emit('destroyed');
    onGone();
  }
}

function withoutHash(address: string): string {
  return address.split('#', 1)[0] ?? address;
}
