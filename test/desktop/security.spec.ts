import { join } from 'node:path';
import { expect, startDesktop, test } from './desktop.ts';

test('the window is sandboxed, and its page can neither leave, nor open another, nor get a permission', async ({
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

  // Whatever the page opens outside is noted; only documentation may be opened at all.
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = (url) => Promise.resolve(void opened.push(url));
  });
  const before = page.url();
  for (const url of [
    'https://example.com/',
    'app://elsewhere/',
    'file:///etc/passwd',
    'http://127.0.0.1:9/',
  ]) {
    await page.evaluate((it) => void (location.href = it), url);
    await page.evaluate((it) => void open(it), url);
  }
  await page.evaluate(() => void open('https://istio.io/latest/'));
  const opened = () => app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
  await expect.poll(opened).toEqual(['https://istio.io/latest/']);
  await expect.poll(() => app.windows().length).toBe(1);
  expect(page.url()).toBe(before);
  await expect(enter).toBeEnabled();

  const states = await page.evaluate(() =>
    Promise.all(
      ['notifications', 'clipboard-read', 'geolocation', 'camera', 'microphone', 'midi'].map(
        async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
      ),
    ),
  );
  expect(new Set(states)).toEqual(new Set(['denied']));
});
