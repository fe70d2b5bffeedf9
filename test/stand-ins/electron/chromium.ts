import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { FoundBrowser } from '../../../build/findBrowser.ts';
import { connectCdp, type CdpConnection } from './cdp.ts';

/** The browser in which the stand-in's windows are pages. */
export interface Chromium extends CdpConnection {
  /** Resolves once its process has ended. */
  readonly ended: Promise<void>;
  kill(): void;
}

const flags = [
  '--headless',
  '--disable-gpu',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-startup-window',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-dev-shm-usage',
  '--disable-extensions',
  '--disable-sync',
  '--disable-popup-blocking',
  '--password-store=basic',
  '--use-mock-keychain',
  '--window-size=1440,900',
  // No name is looked up, whatever a page asks for.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  '--remote-debugging-pipe',
];

/** Starts Chromium without a window. `debuggingPort` opens a second line to it, for whoever drives the test. */
export async function startChromium(
  found: FoundBrowser,
  profile: string,
  debuggingPort: string | null,
): Promise<Chromium> {
  mkdirSync(profile, { recursive: true });
  const port = debuggingPort === null ? [] : [`--remote-debugging-port=${debuggingPort}`];
  const child = spawn(found.path, [...found.args, ...flags, ...port, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    // Playwright reads this line from Electron's own stderr.
    const told = /^DevTools listening on .*$/m.exec(text);
    if (told !== null) process.stderr.write(`${told[0]}\n`);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const connection = connectCdp(child.stdio[3] as Writable, child.stdio[4] as Readable);
  await connection.root.send('Browser.getVersion');
  return { ...connection, ended, kill: () => void child.kill('SIGKILL') };
}
