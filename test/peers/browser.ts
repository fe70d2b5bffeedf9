import { chromium, type Page } from 'playwright-core';
import { findBrowser, noBrowserAdvice } from '../../build/findBrowser.ts';

/** A window of a real browser; disposing ends the browser. */
export interface Window extends AsyncDisposable {
  readonly page: Page;
}

/** Opens an empty window, in the size of a laptop's screen. */
export async function openWindow(): Promise<Window> {
  const found = await findBrowser();
  if (found === null) throw new Error(noBrowserAdvice);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: [...found.args, '--disable-background-networking', '--disable-component-update'],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(20_000);
  return { page, [Symbol.asyncDispose]: () => browser.close() };
}
