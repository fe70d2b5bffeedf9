import { chromium, type Page } from 'playwright-core';
import type { FoundBrowser } from '../../build/findBrowser.ts';
import type { Assets } from '../../shared/node/assets.ts';
import { connectionTitle, startBenchConsole, type BenchConsole } from './benchConsole.ts';
import type { BenchFleet } from './benchFleet.ts';
import { type MainThread, measureMainThread, pause, quantile, type Work } from './mainThread.ts';

/** What the window took, in ms of its main thread's CPU where nothing else is said. */
export interface WindowFigures {
  readonly browserVersion: string;
  readonly services: number;
  readonly calls: number;
  readonly firstPictureMs: number;
  readonly idleMsPerSecond: number;
  readonly tickAllInViewMs: number | null;
  readonly tickAtZoomOneMs: number | null;
  readonly panAllInView: Frames;
  readonly zoom: Frames;
  readonly panAtZoomOne: Frames;
  readonly chartsTickMs: number | null;
  readonly chartsLongestTaskMs: number;
  readonly heapMb: number;
  readonly domNodes: number;
}

export interface Frames {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly longest: number | null;
  readonly frames: number;
}

const screen = { width: 1440, height: 900 };
const ticks = 5;
const moves = 40;
/** Seconds between two points of the charts over the last quarter of an hour. */
const chartStepSeconds = 8;

/** Opens the window on a fleet and measures what an operator and the passing of time make it do. */
export async function measureWindow(
  found: FoundBrowser,
  fleet: BenchFleet,
  assets: Assets,
): Promise<WindowFigures> {
  await using host = await startBenchConsole(fleet, assets);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: [...found.args, '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const page = await browser.newPage({ viewport: screen, reducedMotion: 'reduce' });
    const main = await measureMainThread(browser, page);
    await page.goto(host.url);
    await page.getByRole('button', { name: `Connect to ${connectionTitle}` }).waitFor();
    const first = await main.during(() => connect(page, host, fleet));
    const idle = await main.during(() => pause(4_000));
    const idleMsPerSecond = (idle.cpuMs / idle.wallMs) * 1_000;
    const beyondIdle = ({ cpuMs, wallMs }: Work): number => cpuMs - (wallMs / 1_000) * idleMsPerSecond;

    const tickAllInViewMs = await medianOf(() => main.during(() => host.turn()), beyondIdle);
    const panAllInView = await pan(main, page);
    const zoom = await zoomInAndOut(main, page);
    await zoomToOne(page);
    const tickAtZoomOneMs = await medianOf(() => main.during(() => host.turn()), beyondIdle);
    const panAtZoomOne = await pan(main, page);
    const { heapMb, domNodes } = await main.memory();
    const charts = await measureCharts(main, page, host, beyondIdle);
    return {
      browserVersion: browser.version(),
      services: fleet.services,
      calls: fleet.calls,
      firstPictureMs: beyondIdle(first),
      idleMsPerSecond,
      tickAllInViewMs,
      tickAtZoomOneMs,
      panAllInView,
      zoom,
      panAtZoomOne,
      ...charts,
      heapMb,
      domNodes,
    };
  } finally {
    await browser.close();
  }
}

async function connect(page: Page, host: BenchConsole, fleet: BenchFleet): Promise<void> {
  await page.getByRole('button', { name: `Connect to ${connectionTitle}` }).click();
  // The console learns of its first source while it waits to read again.
  await pause(300);
  await host.pass(1);
  await page.waitForFunction(
    ([services, calls]) =>
      document.querySelectorAll('.react-flow__node-service').length >= services &&
      document.querySelectorAll('.react-flow__edge').length >= calls,
    [fleet.services, fleet.calls] as const,
    { polling: 250, timeout: 60_000 },
  );
}

async function medianOf(measure: () => Promise<Work>, value: (work: Work) => number): Promise<number | null> {
  const values: number[] = [];
  for (let i = 0; i < ticks; i += 1) values.push(value(await measure()));
  return quantile(values, 0.5);
}

/** Drags the picture to and fro by a part of the map where nothing lies. */
async function pan(main: MainThread, page: Page): Promise<Frames> {
  const start = await freeSpot(page);
  const cdp = await page.context().newCDPSession(page);
  const mouse = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', x: number, y: number) =>
    cdp.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', buttons: 1, clickCount: 1 });
  const work = await main.during(async () => {
    await mouse('mousePressed', start.x, start.y);
    for (let i = 1; i <= moves; i += 1) {
      const away = 120 * Math.sin((i / moves) * 2 * Math.PI);
      await mouse('mouseMoved', start.x + away, start.y + away / 2);
    }
    await mouse('mouseReleased', start.x, start.y);
  });
  await cdp.detach();
  return framesOf(work);
}

async function zoomInAndOut(main: MainThread, page: Page): Promise<Frames> {
  const { x, y } = await centreOfMap(page);
  const cdp = await page.context().newCDPSession(page);
  const work = await main.during(async () => {
    for (let i = 0; i < moves; i += 1) {
      const deltaY = i < moves / 2 ? -40 : 40;
      await cdp.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY });
    }
  });
  await cdp.detach();
  return framesOf(work);
}

async function zoomToOne(page: Page): Promise<void> {
  const { x, y } = await centreOfMap(page);
  const zoomNow = () =>
    page.evaluate(() => {
      const viewport = document.querySelector('.react-flow__viewport');
      return viewport === null ? 1 : new DOMMatrix(getComputedStyle(viewport).transform).a;
    });
  await page.mouse.move(x, y);
  for (let tries = 0; tries < 20; tries += 1) {
    const now = await zoomNow();
    if (Math.abs(now - 1) < 0.05) return;
    // d3-zoom scales by two to the power of a five-hundredth of what the wheel turned.
    await page.mouse.wheel(0, Math.log2(now) * 500);
    await pause(400);
  }
  throw new Error(`the map did not go to zoom 1 but to ${await zoomNow()}`);
}

/** The inspector's three charts by the difference that they make to one and the same passing of time. */
async function measureCharts(
  main: MainThread,
  page: Page,
  host: BenchConsole,
  beyondIdle: (work: Work) => number,
): Promise<Pick<WindowFigures, 'chartsTickMs' | 'chartsLongestTaskMs'>> {
  let longest = 0;
  const pass = () => main.during(() => host.pass(chartStepSeconds));
  const without = await medianOf(pass, beyondIdle);
  await page.locator('.react-flow__node-service button').first().press('Enter');
  await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
  await page.locator('.chart svg').first().waitFor({ timeout: 20_000 });
  const withCharts = await medianOf(async () => {
    const work = await pass();
    longest = Math.max(longest, work.longestTaskMs);
    return work;
  }, beyondIdle);
  return {
    chartsTickMs: withCharts === null || without === null ? null : withCharts - without,
    chartsLongestTaskMs: longest,
  };
}

function framesOf({ frames }: Work): Frames {
  return {
    p50: quantile(frames, 0.5),
    p95: quantile(frames, 0.95),
    longest: quantile(frames, 1),
    frames: frames.length,
  };
}

function centreOfMap(page: Page): Promise<{ x: number; y: number }> {
  return page.evaluate(() => {
    const box = document.querySelector('.react-flow')?.getBoundingClientRect();
    if (box === undefined) throw new Error('there is no map');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  });
}

/** Coarsely first: on a large map each look takes some milliseconds. */
function freeSpot(page: Page): Promise<{ x: number; y: number }> {
  return page.evaluate(() => {
    const box = document.querySelector('.react-flow')?.getBoundingClientRect();
    if (box === undefined) throw new Error('there is no map');
    for (const step of [61, 17]) {
      for (let y = box.y + 60; y < box.bottom - 60; y += step) {
        for (let x = box.x + 40; x < box.right - 40; x += step) {
          if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane') === true)
            return { x, y };
        }
      }
    }
    throw new Error('the map has no free spot to drag it by');
  });
}
