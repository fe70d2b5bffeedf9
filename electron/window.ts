import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { shell } from 'electron/common';
import {
  app,
  BrowserWindow,
  ipcMain,
  protocol,
  screen,
  type IpcMainEvent,
  type Rectangle,
  type Session,
} from 'electron/main';
import type { Assets } from '../shared/node/assets.ts';
import { pageHeaders, withNonce } from '../shared/node/pagePolicy.ts';
import type { ConsoleProcess } from './consoleProcess.ts';
import { keepPlace, placeOn, readPlace } from './windowPlace.ts';

const origin = 'app://podium';
const pageUrl = `${origin}/`;

/** Makes `app:` a scheme like https, which must be said before the app is ready. */
export function declareScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges }]);
}

/** Serves the built page and its files under `app://podium`, and nothing else under any other name. */
export function serveAssets(owner: Session, assets: Assets): void {
  owner.protocol.handle('app', (request) => {
    const url = new URL(request.url);
    if (url.host !== 'podium' || request.method !== 'GET') return new Response(null, { status: 404 });
    if (url.pathname === '/') {
      const nonce = randomBytes(16).toString('base64url');
      const headers = { ...pageHeaders(nonce, []), 'content-type': 'text/html; charset=utf-8' };
      return new Response(withNonce(assets.page, nonce), { headers });
    }
    const asset = assets.files.get(url.pathname);
    if (asset === undefined) return new Response(null, { status: 404, headers: pageHeaders(null, []) });
    return new Response(new Uint8Array(asset.body), {
      headers: { ...pageHeaders(null, []), 'content-type': asset.type },
    });
  });
}

/** Electron grants every permission unless told otherwise; the page needs only to write to the clipboard. */
export function denyEverything(owner: Session): void {
  const isAllowed = (permission: string): boolean => permission === 'clipboard-sanitized-write';
  owner.setPermissionRequestHandler((_contents, permission, answer) => answer(isAllowed(permission)));
  owner.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  owner.setDevicePermissionHandler(() => false);
}

/**
 * Opens the one window where the last one stood: sandboxed, without Node, unable to leave its page or to open another. `onFall` hears
 * that the process of its page ended by itself; what is left is a window that shows nothing.
 */
export async function openWindow(
  folder: string,
  consoleProcess: ConsoleProcess,
  onFall: (fallen: BrowserWindow, why: string) => void,
): Promise<BrowserWindow> {
  const places = app.getPath('userData');
  const { bounds, isMaximized, zoomFactor } = placeOn(workAreas(), readPlace(places));
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Podium',
    backgroundColor: '#0e1116',
    webPreferences: {
      preload: join(folder, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  const { webContents } = window;
  webContents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(({ url }) => {
    if (isDocumentation(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });

  const connect = (event: IpcMainEvent, ...more: readonly unknown[]): void => {
    if (event.sender !== webContents || !isOwnFrame(event) || more.length > 0) return;
    webContents.postMessage('podium:port', null, [consoleProcess.connect()]);
  };
  ipcMain.on('podium:connect', connect);
  window.on('closed', () => ipcMain.off('podium:connect', connect));
  const keep = (): void => {
    const place = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
    keepPlace(places, { ...place, zoomFactor: webContents.getZoomFactor() });
  };
  window.on('close', keep);
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    // The next one is to stand in its place.
    keep();
    onFall(window, reason);
  });
  window.once('ready-to-show', () => {
    webContents.setZoomFactor(zoomFactor);
    if (isMaximized) window.maximize();
    window.show();
  });
  await window.loadURL(pageUrl).catch((error: unknown) => {
    // Whoever hears of the fall does something about it.
    if (!webContents.isCrashed()) throw error;
  });
  return window;
}

/** What screens have room for, the first one first. */
function workAreas(): Rectangle[] {
  const first = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== first.id);
  return [first, ...others].map(({ workArea }) => workArea);
}

/** Only the top frame of our own page may ask for a line to the console. */
function isOwnFrame(event: IpcMainEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isOwnPage(frame.url);
}

function isOwnPage(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'app:' && new URL(url).host === 'podium';
}

/** The addresses that a link in the console may open outside: its own documentation, over https. */
function isDocumentation(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol: scheme, host } = new URL(url);
  return scheme === 'https:' && ['istio.io', 'kubernetes.io', 'prometheus.io'].includes(host);
}
