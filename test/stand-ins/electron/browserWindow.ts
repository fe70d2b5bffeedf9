import { EventEmitter } from 'node:events';
import { afterWindowClosed } from './app.ts';
import { running } from './running.ts';
import { strict } from './strict.ts';
import { createWebContents, type WebContents, type WebPreferences } from './webContents.ts';

interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Options extends Bounds {
  readonly show: boolean;
  readonly webPreferences: WebPreferences;
}

type Window = ReturnType<typeof createWindow>;

const windows = new Map<WebContents, Window>();

/** Windows as pages of a browser without a screen: shown, hidden and reduced by name only. */
export const BrowserWindow = strict(
  Object.assign(
    function (options: Options): Window {
      return createWindow(options);
    },
    {
      getAllWindows: (): Window[] => [...windows.values()],
      fromWebContents: (contents: WebContents): Window | null => windows.get(contents) ?? null,
    },
  ),
  'BrowserWindow',
) as unknown as {
  new (options: Options): Window;
  getAllWindows(): Window[];
  fromWebContents(contents: WebContents): Window | null;
};

function createWindow({ x, y, width, height, show, webPreferences }: Options) {
  if (!running.isReady) throw new Error('Cannot create BrowserWindow before app is ready');
  const { sandbox, contextIsolation, nodeIntegration } = webPreferences;
  if (!sandbox || !contextIsolation || nodeIntegration)
    throw new Error('The stand-in opens only windows that are sandboxed, isolated and without Node.');
  const events = new EventEmitter();
  let isVisible = show;
  let isMaximized = false;
  let bounds: Bounds = { x, y, width, height };
  let isMinimized = false;
  /** Whoever starts it works in it, until a test says otherwise. */
  let isFocused = true;
  let isDestroyed = false;
  const webContents = createWebContents(webPreferences, { width, height }, closed);
  webContents.once('dom-ready', () => events.emit('ready-to-show'));

  const window = strict(
    Object.assign(events, {
      webContents,
      loadURL: (url: string): Promise<void> => webContents.loadURL(url),
      show: (): void => void (isVisible = true),
      focus: (): void => void (isFocused = true),
      blur: (): void => void (isFocused = false),
      isFocused: () => isFocused,
      minimize: (): void => void (isMinimized = true),
      restore: (): void => void (isMinimized = false),
      isVisible: () => isVisible,
      setBounds: (to: Bounds): void => void (bounds = to),
      getBounds: (): Bounds => bounds,
      getNormalBounds: (): Bounds => bounds,
      maximize: (): void => void (isMaximized = true),
      isMaximized: () => isMaximized,
      isMinimized: () => isMinimized,
      isDestroyed: () => isDestroyed,
      destroy: (): void => webContents.close(),
      close(): void {
        let prevented = false;
        events.emit('close', { preventDefault: () => (prevented = true) });
        if (!prevented) webContents.close();
        else running.isQuitting = false;
      },
    }),
    'BrowserWindow',
  );
  windows.set(webContents, window);
  running.windows.add(window);
  return window;

  function closed(): void {
    isDestroyed = true;
    windows.delete(webContents);
    running.windows.delete(window);
    events.emit('closed');
    afterWindowClosed();
  }
}
