import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { ConsoleProcess } from './consoleProcess.ts';
import { openWindow } from './window.ts';

type OpenHandler = (details: { readonly url: string }) => { readonly action: string };

interface Page {
  contents: EventEmitter | null;
  open: OpenHandler;
  readonly opened: string[];
}

const page = vi.hoisted((): Page => ({ contents: null, open: () => ({ action: 'allow' }), opened: [] }));

vi.mock('electron/common', () => ({
  shell: { openExternal: (url: string) => Promise.resolve(void page.opened.push(url)) },
}));
vi.mock('electron/main', () => ({
  app: { getPath: () => join(tmpdir(), 'podium-without-a-place') },
  ipcMain: new EventEmitter(),
  screen: {
    getPrimaryDisplay: () => ({ id: 1, workArea: { x: 0, y: 0, width: 1600, height: 900 } }),
    getAllDisplays: () => [],
  },
  BrowserWindow: class extends EventEmitter {
    readonly webContents = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: OpenHandler) => void (page.open = handler),
    });
    loadURL(): Promise<void> {
      page.contents = this.webContents;
      return Promise.resolve();
    }
  },
}));

/** Whether the window keeps its page from what this event tells. */
function isPrevented(type: string, url: string): boolean {
  let prevented = false;
  page.contents?.emit(type, { url, preventDefault: () => (prevented = true) }, {}, {});
  return prevented;
}

test('E02 no navigation, redirect, window or embedded page leads out of Podium, and only documentation is opened outside', async () => {
  await openWindow('/app', {} as ConsoleProcess, () => undefined);
  const elsewhere = [
    'https://istio.io/latest/',
    'app://elsewhere/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'no address',
  ];
  for (const url of elsewhere) expect(isPrevented('will-navigate', url), url).toBe(true);
  expect(isPrevented('will-navigate', 'app://podium/#open=x')).toBe(false);
  // What redirects, or is embedded, is never a page of Podium's.
  for (const url of [...elsewhere, 'app://podium/']) {
    expect(isPrevented('will-redirect', url), url).toBe(true);
    expect(isPrevented('will-attach-webview', url), url).toBe(true);
    expect(page.open({ url }), url).toEqual({ action: 'deny' });
  }
  page.open({ url: 'http://istio.io/' });
  page.open({ url: 'https://istio.io.example.com/' });
  expect(page.opened).toEqual(['https://istio.io/latest/']);
});
