import { join } from 'node:path';
import { openDatabase } from '../../shared/node/database.ts';
import { expect, startAgain, startDesktop, test } from './desktop.ts';

test('E08 a second start leaves the journal to the first, brings its window to the front and hands over its link', async ({
  dataFolder,
}) => {
  const isFree = (): boolean => {
    using database = openDatabase(dataFolder);
    return database.writable;
  };
  {
    await using first = await startDesktop(dataFolder, join(dataFolder, 'none'));
    const { app, page } = first;
    await expect(page.getByRole('button', { name: 'Enter the rehearsal' })).toBeEnabled();
    await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (window === undefined) return;
      Object.assign(globalThis, { focused: 0 });
      window.focus = () => void ((globalThis as unknown as { focused: number }).focused += 1);
      window.minimize();
    });
    expect(await startAgain(dataFolder)).toBe(0);
    await expect
      .poll(() =>
        app.evaluate(({ BrowserWindow }) => ({
          focused: (globalThis as unknown as { focused: number }).focused,
          minimized: BrowserWindow.getAllWindows().map((window) => window.isMinimized()),
        })),
      )
      .toEqual({ focused: 1, minimized: [false] });
    const addresses: string[] = [];
    page.on('framenavigated', (frame) => void addresses.push(frame.url()));
    const link = 'podium://service/shop/catalog';
    expect(await startAgain(dataFolder, link)).toBe(0);
    await expect.poll(() => addresses.join(' ')).toContain(encodeURIComponent(link));
    expect(await startAgain(dataFolder, 'podium://connect/evil.example')).toBe(0);
    expect(
      await app.evaluate(
        ({ app: it }) => it.getAppMetrics().filter(({ name }) => name === 'Podium console').length,
      ),
    ).toBe(1);
    expect(isFree(), 'the first writes').toBe(false);
  }
  // Killed, it left its lock behind.
  await using next = await startDesktop(dataFolder, join(dataFolder, 'none'));
  await expect(next.page.getByRole('button', { name: 'Enter the rehearsal' })).toBeEnabled();
  expect(isFree()).toBe(false);
});
