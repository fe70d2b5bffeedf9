import type { createPortBridge, Frame, textOf } from './portBridge.ts';

/** What the two scripts of a page share with the process that put them there. */
export interface PageNames {
  /** Says to the main process; there only until the script below has taken it. */
  readonly binding: string;
  /** Called by the main process. */
  readonly receive: string;
  /** Marks the message that stands for a port's end. */
  readonly secret: string;
}

type Listener = (event: object, ...args: readonly unknown[]) => void;

/** Runs in the page's isolated world: gives the preload script the `electron` of a sandboxed window, and runs it. */
export function bootIsolatedWorld(
  names: PageNames,
  createBridge: typeof createPortBridge,
  toText: typeof textOf,
  preload: (require: (name: string) => unknown, module: object, exports: object) => void,
): void {
  if (window !== window.top || location.href === 'about:blank') return;
  const own = globalThis as unknown as Record<string, unknown>;
  const tell = own[names.binding] as (text: string) => void;
  delete own[names.binding];
  const listeners = new Map<string, Listener[]>();
  const bridge = createBridge({
    prefix: 'page',
    send: (frame) => tell(toText(frame)),
    createChannel: () => new MessageChannel(),
    onChannel: (channel, args, ports) => {
      for (const each of [...(listeners.get(channel) ?? [])]) each({ ports }, ...(args as unknown[]));
    },
    // Chromium's own ports have no event for the other end's going, Electron's have: the other script makes it of this.
    onFarClose: (port) => port.postMessage({ [names.secret]: 'close' }, []),
  });
  own[names.receive] = (...frames: readonly string[]): void => {
    for (const frame of frames) bridge.take(JSON.parse(frame) as Frame);
  };

  const ipcRenderer = {
    on(channel: string, listener: Listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    send: (channel: string, ...args: readonly unknown[]) => bridge.post(channel, args, []),
  };
  const missing = (name: string) => ({
    get(it: object, key: string | symbol): unknown {
      if (key in it || typeof key === 'symbol') return Reflect.get(it, key);
      throw new Error(`The stand-in for Electron has no ${name}.${key} in a window.`);
    },
  });
  const electron = new Proxy(
    { ipcRenderer: new Proxy(ipcRenderer, missing('ipcRenderer')) },
    missing('electron'),
  );
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  tell('ready');
  const module = { exports: {} };
  preload(require, module, module.exports);
}

/** Runs in the page's own world: makes the event `close` of the marked message, at the port that was given to the page. */
export function bootMainWorld(names: PageNames): void {
  if (window !== window.top || location.href === 'about:blank') return;
  const watchPort = (port: MessagePort): void => {
    port.addEventListener('message', (event: MessageEvent) => {
      const said: unknown = event.data;
      if (typeof said !== 'object' || said === null || !(names.secret in said)) return;
      event.stopImmediatePropagation();
      port.dispatchEvent(new Event('close'));
    });
  };
  window.addEventListener('message', (event) => event.ports.forEach(watchPort), true);
}
