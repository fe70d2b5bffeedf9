import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { FoundBrowser } from '../../build/findBrowser.ts';
import { startFleet } from '../e2e/fleet.ts';
import { startLoopback } from '../e2e/loopbackHost.ts';
import { pause } from './mainThread.ts';

/** What the real host and connectors ask of the rehearsal's Prometheus, counted between them on the wire. */
export interface QueryFigures {
  readonly services: number;
  readonly namespaces: number;
  readonly readings: number;
  /** Instant queries of one reading of the whole map. */
  readonly perReading: number;
  /** Range queries meanwhile: the timeline's. */
  readonly rangeQueries: number;
  readonly withoutWindow: number;
  readonly withoutWindowSeconds: number;
  /** Wall time from starting the host to all services drawn, without the browser's own start. */
  readonly bootMs: number;
}

/** A rehearsal, a host and a window that are up and drawn. */
interface Opened extends AsyncDisposable {
  readonly bootMs: number;
  watch(): Promise<Omit<QueryFigures, 'services' | 'bootMs'>>;
}

const readingsWanted = 2;
const longestWatchMs = 60_000;
/** The console never pauses longer than fifteen seconds between two readings that somebody looks at. */
const alone = { settleMs: 3_000, watchMs: 17_000 } as const;

/** Boots one after the other, so that each has the machine to itself, then watches them side by side. */
export async function measureQueries(
  found: FoundBrowser,
  sizes: readonly number[],
): Promise<readonly QueryFigures[]> {
  await using stack = new AsyncDisposableStack();
  const opened: Opened[] = [];
  for (const services of sizes) opened.push(stack.use(await open(found, services)));
  return await Promise.all(
    opened.map(async (one, i) => ({
      services: sizes[i] ?? 0,
      bootMs: one.bootMs,
      ...(await one.watch()),
    })),
  );
}

async function open(found: FoundBrowser, services: number): Promise<Opened> {
  const stack = new AsyncDisposableStack();
  try {
    const fleet = stack.use(await startFleet('--services', String(services), '--history', '3'));
    const counter = stack.use(await startCounter(fleet.kubeconfigFile));
    const browser = await chromium.launch({ executablePath: found.path, args: [...found.args] });
    stack.defer(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const began = performance.now();
    const podium = await startLoopback({ env: { KUBECONFIG: counter.kubeconfigFile } });
    stack.defer(async () => {
      await podium.stop();
      await rm(podium.dataFolder, { recursive: true, force: true });
    });
    await page.goto(podium.url);
    await page
      .getByRole('button', { name: /^Connect to .*, read-only until unlocked$/ })
      .first()
      .click();
    await page.waitForFunction(
      (wanted) =>
        document.querySelectorAll('.react-flow__node-service').length >= wanted &&
        document.querySelectorAll('.react-flow__edge').length > 0,
      services,
      { polling: 100, timeout: 120_000 },
    );
    const bootMs = performance.now() - began;
    const namespaces = await page.locator('.mapContainer').count();
    return {
      bootMs,
      async watch() {
        const until = Date.now() + longestWatchMs;
        counter.reset();
        while (counter.readings() < readingsWanted + 1 && Date.now() < until) await pause(200);
        const readings = counter.readings() - 1;
        const { perReading, rangeQueries } = counter.figures();
        await page.close();
        await pause(alone.settleMs);
        counter.reset();
        await pause(alone.watchMs);
        return {
          namespaces,
          readings,
          perReading,
          rangeQueries,
          withoutWindow: counter.all(),
          withoutWindowSeconds: alone.watchMs / 1_000,
        };
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

interface Counter extends AsyncDisposable {
  /** Names the counter where the other named the fleet. */
  readonly kubeconfigFile: string;
  reset(): void;
  all(): number;
  /** Readings begun: each asks once for the newest sample. */
  readings(): number;
  figures(): { readonly perReading: number; readonly rangeQueries: number };
}

/** A proxy before the API server that passes everything on and keeps what was asked of Prometheus behind it. */
async function startCounter(kubeconfigFile: string): Promise<Counter> {
  const kubeconfig = await readFile(kubeconfigFile, 'utf8');
  const origin = /server: "?(http:\/\/127\.0\.0\.1:\d+)/.exec(kubeconfig)?.[1];
  if (origin === undefined) throw new Error('the fleet’s kubeconfig names no plain address on loopback');
  let asked: { readonly isRange: boolean; readonly query: string }[] = [];
  const keep = (path: string, body: string): void => {
    const kind = /\/proxy\/api\/v1\/(query_range|query)(\?|$)/.exec(path)?.[1];
    if (kind === undefined) return;
    const query =
      new URLSearchParams(body).get('query') ?? new URL(path, origin).searchParams.get('query') ?? '';
    asked.push({ isRange: kind === 'query_range', query });
  };
  const server = createServer((incoming, answer) => pass(incoming, answer, origin, keep));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'podium-bench-'));
  const file = join(folder, 'kubeconfig');
  const { port } = server.address() as AddressInfo;
  await writeFile(file, kubeconfig.replaceAll(origin, `http://127.0.0.1:${port}`), { mode: 0o600 });
  const readings = (): number => asked.filter(isNewestSample).length;
  return {
    kubeconfigFile: file,
    reset() {
      asked = [];
    },
    all: () => asked.length,
    readings,
    figures() {
      // From the first reading's last query to the last one's: whole readings.
      const ends = asked.flatMap((one, i) => (isNewestSample(one) ? [i] : []));
      const within = asked.slice((ends[0] ?? 0) + 1, (ends.at(-1) ?? 0) + 1);
      const instant = within.filter(({ isRange }) => !isRange).length;
      return {
        perReading: instant / Math.max(1, ends.length - 1),
        rangeQueries: within.length - instant,
      };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isNewestSample({ query }: { readonly query: string }): boolean {
  return query.startsWith('max(timestamp(');
}

function pass(
  incoming: IncomingMessage,
  answer: ServerResponse,
  origin: string,
  keep: (path: string, body: string) => void,
): void {
  const path = incoming.url ?? '/';
  const chunks: Buffer[] = [];
  const { method, headers } = incoming;
  const outgoing = request(new URL(path, origin), { method, headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
    reply.on('error', () => answer.destroy());
  });
  outgoing.on('error', () => answer.destroy());
  answer.on('close', () => outgoing.destroy());
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => keep(path, Buffer.concat(chunks).toString('utf8')));
  incoming.pipe(outgoing);
}
