import type { Chromium } from './chromium.ts';

/** A window, as far as the application's life needs to know it. */
export interface OpenWindow {
  close(): void;
}

/** A utility process, by the name that it was started with. */
export interface Utility {
  readonly pid: number | undefined;
  readonly name: string;
  readonly kill: () => boolean;
}

/** What runs now in this one process. */
export const running = {
  isReady: false,
  isQuitting: false,
  /** What the application says it is; Windows goes by it. */
  appId: null as string | null,
  chromium: null as Chromium | null,
  windows: new Set<OpenWindow>(),
  utilities: new Set<Utility>(),
};

/** The browser, which is there once the application is ready. */
export function chromium(): Chromium {
  if (running.chromium === null) throw new Error('The application is not ready.');
  return running.chromium;
}
