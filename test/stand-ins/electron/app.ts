import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { FoundBrowser } from '../../../build/findBrowser.ts';
import { startChromium } from './chromium.ts';
import { holdInstanceLock, releaseInstanceLock } from './instanceLock.ts';
import { running } from './running.ts';
import { createSafeStorage, openKeyring } from './safeStorage.ts';
import { strict } from './strict.ts';

const paths = new Map<string, string>();
const events = new EventEmitter();
let makeReady: () => void;
const ready = new Promise<void>((resolve) => (makeReady = resolve));
let isEnding = false;

export const app = strict(
  Object.assign(events, {
    isPackaged: false,
    whenReady: () => ready,
    isReady: () => running.isReady,
    enableSandbox(): void {
      if (running.isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    },
    setAppUserModelId: (id: string): void => void (running.appId = id),
    setPath: (name: string, path: string): void => void paths.set(name, path),
    getPath(name: string): string {
      const path = paths.get(name);
      if (path === undefined) throw new Error(`The stand-in knows only paths that were set, not ${name}.`);
      return path;
    },
    requestSingleInstanceLock: (data: unknown = null): boolean =>
      holdInstanceLock(app.getPath('userData'), data, (argv, given) =>
        events.emit('second-instance', {}, argv, '', given),
      ),
    setAsDefaultProtocolClient: (): boolean => true,
    getAppMetrics: () => [...running.utilities].map(({ pid, name }) => ({ pid, name, type: 'Utility' })),
    quit,
    exit,
  }),
  'app',
);

/** Before the application is ready nothing is known of a keyring. */
const keyring = { backend: 'unknown', isReady: false, isLocked: true, keys: [] as readonly Buffer[] };
export const safeStorage = createSafeStorage(keyring);

/** Starts the browser once the main script was read to its end, and says that the application is ready. */
export async function begin(found: FoundBrowser, debuggingPort: string | null): Promise<void> {
  if (isEnding) return;
  const browser = await startChromium(found, join(app.getPath('userData'), 'chromium'), debuggingPort);
  process.once('exit', () => browser.kill());
  void browser.ended.then(() => {
    if (isEnding) return;
    process.stderr.write('The stand-in’s Chromium ended by itself.\n');
    exit(1);
  });
  running.chromium = browser;
  running.isReady = true;
  Object.assign(keyring, openKeyring(app.getPath('userData')));
  makeReady();
  events.emit('ready', {}, {});
}

/** Called by each window that has closed: the last one's end is the application's, unless somebody thinks otherwise. */
export function afterWindowClosed(): void {
  if (running.windows.size > 0) return;
  if (running.isQuitting) end();
  else if (!events.emit('window-all-closed')) quit();
}

function quit(): void {
  if (isEnding || running.isQuitting || isPrevented('before-quit')) return;
  running.isQuitting = true;
  const windows = [...running.windows];
  for (const window of windows) window.close();
  if (windows.length === 0) end();
}

function end(): void {
  if (isPrevented('will-quit')) {
    running.isQuitting = false;
    return;
  }
  events.emit('quit', {}, 0);
  exit(0);
}

/** Electron takes its utility processes down with it. */
function exit(code = 0): void {
  if (isEnding) return;
  isEnding = true;
  releaseInstanceLock();
  for (const { kill } of running.utilities) kill();
  process.exit(code);
}

function isPrevented(event: 'before-quit' | 'will-quit'): boolean {
  let prevented = false;
  events.emit(event, { preventDefault: () => (prevented = true) });
  return prevented;
}
