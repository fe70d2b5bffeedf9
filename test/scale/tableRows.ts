import { chromium, type Locator, type Page } from 'playwright-core';
import type { FoundBrowser } from '../../build/findBrowser.ts';
import type { Assets } from '../../shared/node/assets.ts';
import { connectionTitle, startBenchConsole, type BenchConsole } from './benchConsole.ts';
import type { BenchFleet } from './benchFleet.ts';
import { type MainThread, measureMainThread, pause, quantile, type Work } from './mainThread.ts';

/** What the table of all services took, in ms of the window's main thread's CPU where nothing else is said. */
export interface TableFigures {
  readonly services: number;
  readonly open: TaskFigures;
  /** Every figure changes, in the order of names, which none changes. */
  readonly tick: TaskFigures;
  /** The same in the order of health, in which lines move. Every rate is turned by one factor, so that no order of rates would. */
  readonly tickMoving: TaskFigures;
  readonly sort: TaskFigures;
  readonly typeLetter: TaskFigures;
  readonly filter: TaskFigures;
  readonly scroll: { readonly p50: number | null; readonly p95: number | null };
  readonly heapMb: number;
  readonly domNodes: number;
}

/** Medians: all of the work, and the longest single task in it. */
export interface TaskFigures {
  readonly cpuMs: number | null;
  readonly longestTaskMs: number | null;
}

const times = 3;
const wheels = 30;

/** Opens the table on a fleet without ever drawing the map, and measures what an operator and new figures make it do. */
export async function measureTable(
  found: FoundBrowser,
  fleet: BenchFleet,
  assets: Assets,
): Promise<TableFigures> {
  await using host = await startBenchConsole(fleet, assets);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: [...found.args, '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const main = await measureMainThread(browser, page);
    await openServicesOnly(page, host, fleet);
    await main.quiet();
    const table = page.getByRole('grid', { name: 'Services' });
    const measure = (act: () => Promise<unknown>, back?: () => Promise<unknown>) => medians(main, act, back);

    await page.keyboard.press('5');
    const open = await measure(
      async () => {
        await page.keyboard.press('2');
        await table.getByRole('row').nth(1).waitFor();
      },
      () => page.keyboard.press('5'),
    );
    await page.keyboard.press('2');
    await heading(table, 'Name').click();
    await main.quiet();
    const tick = await measure(() => host.turn());
    const sort = await measure(() => heading(table, 'Requests/s').click());
    await heading(table, 'Health').click();
    await main.quiet();
    const tickMoving = await measure(() => host.turn());
    const field = page.getByRole('searchbox', { name: 'Find services' });
    await field.focus();
    const typeLetter = await measure(() => page.keyboard.press('n'));
    const filter = await measure(
      async () => {
        await field.fill('health:degraded');
        await page.keyboard.press('Enter');
      },
      () => page.getByRole('button', { name: 'Remove the filter health:degraded' }).click(),
    );
    const scroll = await scrolled(main, page, table);
    const { heapMb, domNodes } = await main.memory();
    return {
      services: fleet.services,
      open,
      tick,
      tickMoving,
      sort,
      typeLetter,
      filter,
      scroll,
      heapMb,
      domNodes,
    };
  } finally {
    await browser.close();
  }
}

/** Connects with the table open from the first, so that no map is ever drawn. */
export async function openServicesOnly(page: Page, host: BenchConsole, fleet: BenchFleet): Promise<void> {
  await page.goto(host.url);
  const connect = page.getByRole('button', { name: `Connect to ${connectionTitle}` });
  await connect.waitFor();
  await page.keyboard.press('2');
  await connect.click();
  await page.getByRole('grid', { name: 'Services' }).waitFor();
  // The console learns of its first source while it waits to read again.
  await pause(300);
  await host.pass(1);
  const count = page.locator('.pageHead .num').getByText(String(fleet.services), { exact: true });
  await count.waitFor({ timeout: 60_000 });
}

async function medians(
  main: MainThread,
  act: () => Promise<unknown>,
  back: () => Promise<unknown> = () => Promise.resolve(),
): Promise<TaskFigures> {
  const works: Work[] = [];
  for (let i = 0; i < times; i += 1) {
    works.push(await main.during(act));
    await back();
    await main.quiet();
  }
  return {
    cpuMs: quantile(
      works.map(({ cpuMs }) => cpuMs),
      0.5,
    ),
    longestTaskMs: quantile(
      works.map(({ longestTaskMs }) => longestTaskMs),
      0.5,
    ),
  };
}

async function scrolled(main: MainThread, page: Page, table: Locator): Promise<TableFigures['scroll']> {
  const box = await table.boundingBox();
  if (box === null) throw new Error('there is no table');
  const cdp = await page.context().newCDPSession(page);
  const work = await main.during(async () => {
    for (let i = 0; i < wheels; i += 1) {
      await cdp.send('Input.dispatchMouseEvent', {
        type: 'mouseWheel',
        x: box.x + 200,
        y: box.y + 200,
        deltaX: 0,
        deltaY: 400,
      });
    }
  });
  await cdp.detach();
  return { p50: quantile(work.frames, 0.5), p95: quantile(work.frames, 0.95) };
}

function heading(table: Locator, name: string): Locator {
  return table.getByRole('columnheader', { name, exact: true });
}
