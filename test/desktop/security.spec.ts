import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, startDesktop, test } from './desktop.ts';

type Notes = typeof globalThis & { opened: string[]; handed: unknown[] };

/** From here on notes what would be opened outside instead of opening it. */
const noteOpened = (app: ElectronApplication): Promise<void> =>
  app.evaluate(({ shell }) => {
    const notes = globalThis as Notes;
    notes.opened = [];
    shell.openExternal = (url) => Promise.resolve(void notes.opened.push(url));
  });

test('E02 the window is sandboxed, has nothing of Node, and its page can neither leave nor open another', async ({
  dataFolder,
}) => {
  await using desktop = await startDesktop(dataFolder, join(dataFolder, 'none'));
  const { app, page } = desktop;
  const enter = page.getByRole('button', { name: 'Enter the rehearsal' });
  await expect(enter).toBeEnabled();

  const preferences = () =>
    app.evaluate(({ BrowserWindow }) => {
      // Electron has it, and its types do not.
      type WithPreferences = Electron.WebContents & { getLastWebPreferences(): Electron.WebPreferences };
      const window = BrowserWindow.getAllWindows()[0];
      return (window?.webContents as WithPreferences | undefined)?.getLastWebPreferences();
    });
  expect(await preferences()).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
  });
  expect(
    await page.evaluate(() =>
      ['require', 'process', 'module', 'ipcRenderer', 'electron'].filter((it) => it in window),
    ),
  ).toEqual([]);

  await noteOpened(app);
  const before = page.url();
  const hostile = [
    'https://example.com/',
    'http://istio.io/',
    'https://istio.io.example.com/',
    'https://istio.io@example.com/',
    'https://istio.io:444/',
    'app://elsewhere/',
    'file:///etc/passwd',
    'smb://example.com/share',
    'ms-msdt:/id',
    'javascript:document.title="taken"',
    'data:text/html,taken',
    'http://127.0.0.1:9/',
  ];
  for (const url of hostile) {
    await page.evaluate((it) => void (location.href = it), url);
    await page.evaluate((it) => void open(it), url);
  }
  await page.evaluate(() => void open('https://istio.io/latest/'));
  await expect
    .poll(() => app.evaluate(() => (globalThis as Notes).opened))
    .toEqual(['https://istio.io/latest/']);
  await expect.poll(() => app.windows().length).toBe(1);
  expect(page.url()).toBe(before);
  expect(await page.title()).toBe('Podium');
  await expect(enter).toBeEnabled();
});

test('E03 only the top frame of Podium’s own page is handed a line to the console', async ({
  dataFolder,
}) => {
  await using desktop = await startDesktop(dataFolder, join(dataFolder, 'none'));
  const { app, page } = desktop;
  await expect(page.getByRole('button', { name: 'Enter the rehearsal' })).toBeEnabled();
  const handed = await app.evaluate(({ BrowserWindow, ipcMain }) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window === undefined) return ['no window'];
    const { webContents } = window;
    const given: string[] = [];
    let asked = '';
    webContents.postMessage = () => void given.push(asked);
    const top = { parent: null, url: 'app://podium/' };
    const senders: readonly (readonly [string, unknown, ...unknown[]])[] = [
      ['another page', { sender: {}, senderFrame: top }],
      ['a frame in the page', { sender: webContents, senderFrame: { parent: top, url: 'app://podium/' } }],
      ['a page of the web', { sender: webContents, senderFrame: { parent: null, url: 'https://podium/' } }],
      ['another host', { sender: webContents, senderFrame: { parent: null, url: 'app://elsewhere/' } }],
      ['no address', { sender: webContents, senderFrame: { parent: null, url: '' } }],
      ['a frame that has gone', { sender: webContents, senderFrame: null }],
      ['more than was asked for', { sender: webContents, senderFrame: top }, { also: 'this' }],
      ['Podium', { sender: webContents, senderFrame: top }],
    ];
    for (const [name, event, ...more] of senders) {
      asked = name;
      ipcMain.emit('podium:connect', event, ...more);
    }
    return given;
  });
  expect(handed).toEqual(['Podium']);
});

test('E04 the page gets no permission, whatever it asks for', async ({ dataFolder }) => {
  await using desktop = await startDesktop(dataFolder, join(dataFolder, 'none'));
  const { page } = desktop;
  await expect(page.getByRole('button', { name: 'Enter the rehearsal' })).toBeEnabled();
  const states = await page.evaluate(() =>
    Promise.all(
      ['notifications', 'clipboard-read', 'geolocation', 'camera', 'microphone', 'midi'].map(
        async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
      ),
    ),
  );
  expect(new Set(states)).toEqual(new Set(['denied']));
  const refused = await page.evaluate(async () => {
    const asks: Record<string, () => Promise<unknown>> = {
      camera: () => navigator.mediaDevices.getUserMedia({ video: true }),
      screen: () => navigator.mediaDevices.getDisplayMedia(),
      geolocation: () =>
        new Promise((found, failed) => navigator.geolocation.getCurrentPosition(found, failed)),
      clipboard: () => navigator.clipboard.readText(),
      usb: () =>
        (Reflect.get(navigator, 'usb') as { requestDevice(of: object): Promise<unknown> }).requestDevice({
          filters: [],
        }),
      midi: () => navigator.requestMIDIAccess(),
    };
    const answers = await Promise.all(
      Object.entries(asks).map(([name, ask]) =>
        Promise.resolve()
          .then(ask)
          .then(
            () => [],
            () => [name],
          ),
      ),
    );
    return {
      names: Object.keys(asks),
      refused: answers.flat(),
      notifications: await Notification.requestPermission(),
    };
  });
  expect(refused.refused).toEqual(refused.names);
  expect(refused.notifications).toBe('denied');
});
