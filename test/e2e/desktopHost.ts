import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { removedAtExit } from '../support/leaveNothing.ts';
import type { PodiumProcess, PodiumStart } from './loopbackHost.ts';

const root = join(import.meta.dirname, '../..');

/** What stands for Electron: the stand-in, unless a real binary is named. */
export const electron = process.env['PODIUM_ELECTRON'] ?? join(root, 'test/stand-ins/electron/electron');

/** A desktop program that runs, with its window. */
export interface RunningDesktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly pid: number;
  /** The exit code, once the program has ended. */
  readonly ended: Promise<number | null>;
  /** Ends it as it stands, for a polite end would wait at a question. */
  kill(): void;
}

/** Starts the desktop host, as it was built or from another folder, with this in its environment besides our own. */
export async function launchDesktop(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  program = root,
): Promise<RunningDesktop> {
  const app = await _electron.launch({
    executablePath: electron,
    args: [program, ...args],
    cwd: root,
    acceptDownloads: true,
    env: { ...(process.env as Record<string, string>), STAND_IN_NODE: process.execPath, ...env },
  });
  const child = app.process();
  child.stderr?.on('data', (text: Buffer) => {
    if (!/debugger|nodejs\.org/i.test(String(text))) process.stderr.write(text);
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const kill = (): void => void child.kill('SIGKILL');
  return { app, page: await app.firstWindow(), pid: child.pid ?? -1, ended, kill };
}

const windows = new Map<string, Page>();

/** Podium as a desktop program where a walk expects it as a browser's host: its address leads to its window. */
export async function startPodiumDesktop(options: PodiumStart): Promise<PodiumProcess> {
  const dataFolder = options.dataFolder ?? removedAtExit(await mkdtemp(join(tmpdir(), 'podium-e2e-')));
  const { app, page, pid, ended } = await launchDesktop(
    { PODIUM_DATA: dataFolder, KUBECONFIG: join(dataFolder, 'none'), ...options.env },
    options.args,
  );
  const url = `desktop:${pid}`;
  windows.set(url, page);
  return {
    url,
    pid,
    dataFolder,
    newUrl: () => Promise.resolve(url),
    type: () => {
      throw new Error('A desktop program has no terminal to type in.');
    },
    async stop() {
      windows.delete(url);
      // Whoever is asked leaves; one that ends, or has ended, does not answer.
      await app
        .evaluate(({ app: it, dialog }) => {
          dialog.showMessageBoxSync = () => 1;
          it.quit();
        })
        .catch(() => undefined);
      await ended;
      // Killed with it, a browser's helpers may still be writing; whoever removes the folder next is not to meet them.
      const profile = join(dataFolder, 'window', 'chromium');
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/**
 * A page for walks that go to their host's address themselves: from there on it is that host's window, of the size and the
 * colours that were asked of the page.
 */
export function followingWindow(first: Page): Page {
  let current = first;
  let media: Parameters<Page['emulateMedia']>[0] = {};
  const goto = async (url: string): Promise<null> => {
    const window = windows.get(url);
    if (window === undefined) throw new Error(`No window of Podium is at ${url}.`);
    if (window === current) {
      await window.reload();
      return null;
    }
    current = window;
    await window.emulateMedia(media);
    const size = first.viewportSize();
    if (size !== null) await window.setViewportSize(size);
    return null;
  };
  const emulateMedia = (asked: typeof media): Promise<void> => {
    media = { ...media, ...asked };
    return current.emulateMedia(media);
  };
  return new Proxy(first, {
    get(_, key): unknown {
      if (key === 'goto') return goto;
      if (key === 'emulateMedia') return emulateMedia;
      const member: unknown = Reflect.get(current, key);
      return typeof member === 'function' ? (member.bind(current) as unknown) : member;
    },
  });
}
