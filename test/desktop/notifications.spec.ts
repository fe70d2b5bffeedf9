import { openCall, rung, unlock } from '../e2e/steps.ts';
import { connect, type Desktop, expect, startDesktop, test } from './desktop.ts';

/** What stood on the screen outside the window, oldest first. */
const shown = ({ app }: Desktop): Promise<string[]> =>
  app.evaluate(({ Notification }) =>
    (Notification as unknown as { shown: readonly { title: string; body: string }[] }).shown.map(
      ({ title, body }) => `${title}: ${body}`,
    ),
  );

const window = ({ app }: Desktop, act: 'blur' | 'isFocused'): Promise<unknown> =>
  app.evaluate(({ BrowserWindow }, what) => BrowserWindow.getAllWindows()[0]?.[what](), act);

test('who works elsewhere is told that a trip ended, and a click leads to its service; who looks at the window is not', async ({
  dataFolder,
  fleet,
}) => {
  test.skip(process.env['PODIUM_ELECTRON'] !== undefined, 'what the system shows is not for a test to see');
  await using desktop = await startDesktop(dataFolder, fleet.kubeconfigFile);
  const { app, page } = desktop;
  await connect(page);
  await unlock(page, 'shop-rehearsal');
  await openCall(page, 'catalog', 'inventory');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('button', { name: 'Trip…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Why' }).fill('inventory is slow');
  await dialog.getByRole('textbox', { name: 'Other, min' }).fill('0.5');
  await dialog.getByRole('button', { name: 'Review…' }).click();
  expect(await shown(desktop)).toEqual([]);
  await window(desktop, 'blur');
  await dialog.getByRole('button', { name: 'Apply trip for 30 s' }).click();
  await expect(rung(page, 'Declared')).toContainText('Declared: seen');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('Escape');
  await expect
    .poll(() => shown(desktop), { timeout: 60_000 })
    .toEqual([expect.stringMatching(/^A trip ended: .*inventory/)]);
  await app.evaluate(({ Notification }) =>
    (Notification as unknown as { shown: readonly { emit(name: string): void }[] }).shown[0]?.emit('click'),
  );
  await expect(inspector).toContainText('inventory');
  await expect.poll(() => window(desktop, 'isFocused')).toBe(true);
});
