import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, safeStorage, session } from 'electron/main';
import { readAssets } from '../shared/node/assets.ts';
import { openDataFolder } from '../shared/node/dataFolder.ts';
import { createLogFile } from '../shared/node/logFile.ts';
import { appId } from './appId.ts';
import { linkIn, repositoriesIn } from './commandLine.ts';
import { startConsoleProcess } from './consoleProcess.ts';
import { createFalls, isNothingShown } from './falls.ts';
import { createHeld } from './held.ts';
import { createMenu } from './menu.ts';
import { createNotifier } from './notifier.ts';
import { createSealing } from './sealing.ts';
import { denyEverything, declareScheme, openWindow, serveAssets } from './window.ts';

const productFolder = join(import.meta.dirname, '..');

app.setAppUserModelId(appId);
declareScheme();
app.enableSandbox();
// What Chromium keeps stays apart from the journal and the settings. The instance lock is kept there too.
app.setPath('userData', join(openDataFolder(), 'window'));

// One process on one data folder: a second start hands what it was asked to open to the first and goes.
// macOS hands a link over before the start is over, and later ones whether or not a window is open.
let early = askedFor(process.argv);
let show = (link: string | null): void => {
  early = link ?? early;
};
app.on('open-url', (event, url) => {
  event.preventDefault();
  show(askedFor([url]));
});

if (app.requestSingleInstanceLock({ link: early })) {
  app.setAsDefaultProtocolClient('podium');
  // No top-level await here: Electron's `ready` waits for the main module to have been read to its end.
  app.whenReady().then(start, fail);
} else {
  app.quit();
}

async function start(): Promise<void> {
  denyEverything(session.defaultSession);
  serveAssets(session.defaultSession, await readAssets(join(productFolder, 'renderer')));
  const held = createHeld();
  const consoleProcess = startConsoleProcess({
    folder: import.meta.dirname,
    dataFolder: openDataFolder(),
    repositories: repositoriesIn(process.argv, (why) => process.stderr.write(`${why}\n`)),
    onHeld: held.take,
    onNews: createNotifier({
      isLookedAt: () => BrowserWindow.getAllWindows().some((one) => one.isFocused()),
      show: (link) => show(link),
      // Opened for each, for the console writes there too and begins a new file when it is long.
      fail: (why) => createLogFile(openDataFolder()).warn('a notification was not shown', { why }),
    }),
    onCannotStart(why) {
      dialog.showErrorBox('Podium could not start', why);
      fail(new Error(why));
    },
    sealing: createSealing(safeStorage, process.platform),
  });
  Menu.setApplicationMenu(createMenu(process.platform));

  const falls = createFalls();
  const open = (): Promise<BrowserWindow> => openWindow(import.meta.dirname, consoleProcess, fell);
  let window = await open();
  show = (link) => {
    if (!window.isDestroyed()) {
      if (window.isMinimized()) window.restore();
      window.focus();
      follow(link);
    } else reopen().then(() => follow(link), fail);
  };
  follow(early);

  // Chromium sorts a later start's arguments its own way, so what they ask for comes beside them.
  app.on('second-instance', (_event, _argv, _folder, given) => {
    const link: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, 'link') : null;
    show(typeof link === 'string' ? askedFor([link]) : null);
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) reopen().catch(fail);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', (event) => {
    if (held.mayQuit()) return;
    event.preventDefault();
    // Who stays after the last window was closed, or fell, needs one to see them end in.
    const windows = BrowserWindow.getAllWindows();
    if (isNothingShown(windows)) reopenFor(windows);
  });
  app.on('will-quit', (event) => {
    // Electron takes its processes down with it; the console ends by itself, so that the next start finds its journal free.
    event.preventDefault();
    void consoleProcess.stop().then(() => app.exit(0));
  });

  async function reopen(): Promise<void> {
    window = await open();
  }

  /** Another window shows what the console knows. Those that fell go once it is there. */
  function reopenFor(fallen: readonly BrowserWindow[]): void {
    reopen()
      .finally(() => fallen.forEach((one) => one.destroy()))
      .catch(fail);
  }

  /** The console runs on without its window. */
  function fell(fallen: BrowserWindow, why: string): void {
    process.stderr.write(`The window’s page ended by itself (${why}).\n`);
    if (!falls.isOpenedAgain(why)) return app.quit();
    reopenFor([fallen]);
  }

  /** The page reads the place to show from its own address; nothing else crosses from a link. */
  function follow(link: string | null): void {
    if (link === null || window.isDestroyed()) return;
    // A page that is just going away follows none.
    window.loadURL(`app://podium/#open=${encodeURIComponent(link)}`).catch(() => undefined);
  }
}

/** What cannot be followed is said in the terminal it came from, and the window opens all the same. */
function askedFor(args: readonly string[]): string | null {
  try {
    return linkIn(args, Date.now());
  } catch (error) {
    process.stderr.write(`Podium opens nothing: ${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}

function fail(error: unknown): void {
  process.stderr.write(`Podium could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  app.exit(1);
}
