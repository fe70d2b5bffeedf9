import type { Browser, Page } from 'playwright-core';

/** What the window's main thread did between two moments, in ms of its own CPU time. */
export interface Work {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The longest single task. */
  readonly longestTaskMs: number;
  /** CPU of each frame that a hand moved: all tasks up to the one that hands the picture to the compositor. */
  readonly frames: readonly number[];
}

/** Measures one page from outside: by Chromium's tracing, without a line of script in the page. */
export interface MainThread {
  /** What the main thread does while `act` runs and until it is quiet again. */
  during(act: () => Promise<unknown>): Promise<Work>;
  quiet(): Promise<void>;
  /** After a collection of garbage. */
  memory(): Promise<{ readonly heapMb: number; readonly domNodes: number }>;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly type?: string } };
}

const categories = ['__metadata', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
const lookEveryMs = 200;
/** Less than this in a look is the page's own clock and our looking. */
const quietBelowMs = 12;
const quietLooks = 3;
const longestWaitMs = 20_000;

export async function measureMainThread(browser: Browser, page: Page): Promise<MainThread> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await cdp.send('HeapProfiler.enable');

  async function metric(name: string): Promise<number> {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  }

  async function quiet(): Promise<void> {
    const until = Date.now() + longestWaitMs;
    let before = await metric('TaskDuration');
    for (let calm = 0; calm < quietLooks && Date.now() < until;) {
      await pause(lookEveryMs);
      const now = await metric('TaskDuration');
      calm = (now - before) * 1_000 < quietBelowMs ? calm + 1 : 0;
      before = now;
    }
  }

  return {
    quiet,
    async during(act) {
      const trace = await startTrace(browser);
      await act();
      await quiet();
      return workOf(await trace.stop());
    },
    async memory() {
      await quiet();
      await cdp.send('HeapProfiler.collectGarbage');
      await cdp.send('HeapProfiler.collectGarbage');
      const domNodes = await page.evaluate(() => document.getElementsByTagName('*').length);
      return { heapMb: (await metric('JSHeapUsedSize')) / 1_048_576, domNodes };
    },
  };
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function startTrace(browser: Browser): Promise<{ stop(): Promise<readonly TraceEvent[]> }> {
  const cdp = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => {
    // The protocol gives events as plain objects; their form is that of Chromium's trace files.
    for (const event of value as unknown as TraceEvent[]) events.push(event);
  });
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: categories },
  });
  return {
    async stop() {
      const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()));
      await cdp.send('Tracing.end');
      await complete;
      await cdp.detach();
      return events;
    },
  };
}

function workOf(events: readonly TraceEvent[]): Work {
  const own = busiestMain(events);
  const tasks = own.filter(({ name }) => name === 'RunTask').sort((a, b) => a.ts - b.ts);
  const commits = own
    .filter(({ name }) => name === 'Commit')
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);
  const frameAt = (ts: number): number => commits.findIndex((commit) => commit >= ts);
  const moved = new Set(own.filter(isMove).map(({ ts }) => frameAt(ts)));
  const spent = commits.map(() => 0);
  for (const task of tasks) {
    const frame = frameAt(task.ts);
    if (frame >= 0) spent[frame] = (spent[frame] ?? 0) + cpuMsOf(task);
  }
  const last = tasks.at(-1);
  return {
    cpuMs: tasks.reduce((sum, task) => sum + cpuMsOf(task), 0),
    wallMs: last === undefined ? 0 : (last.ts + (last.dur ?? 0) - (tasks[0]?.ts ?? 0)) / 1_000,
    longestTaskMs: Math.max(0, ...tasks.map(cpuMsOf)),
    frames: spent.filter((_, frame) => moved.has(frame)),
  };
}

/** What happened on the page's main thread. The browser keeps a spare renderer at hand, which does next to nothing. */
function busiestMain(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const byMain = mains.map(({ pid, tid }) =>
    events.filter((event) => event.pid === pid && event.tid === tid),
  );
  const spent = (own: readonly TraceEvent[]): number => own.reduce((sum, event) => sum + cpuMsOf(event), 0);
  return byMain.sort((a, b) => spent(b) - spent(a))[0] ?? [];
}

/** The mouse moved or its wheel turned, and the page heard of it. */
function isMove({ name, args }: TraceEvent): boolean {
  const type = args?.data?.type;
  return name === 'EventDispatch' && (type === 'mousemove' || type === 'wheel');
}

/** Chromium gives microseconds of the thread's own time beside those of the wall. */
function cpuMsOf({ name, tdur }: TraceEvent): number {
  return name === 'RunTask' ? (tdur ?? 0) / 1_000 : 0;
}
