import { capabilitiesOf } from '../../shared/connectors/kit/capabilities.ts';
import { z } from 'zod';
import type { Connector, SeriesObservation, Session } from '../../shared/connectors/kit/connector.ts';
import type { SeriesRead } from '../../shared/connectors/kit/signals.ts';
import { createConsole } from '../../shared/core/console.ts';
import { startLoopback } from '../../shared/loopback/server.ts';
import type { Assets } from '../../shared/node/assets.ts';
import { createFakeClock, createMemoryPorts } from '../support/memoryPorts.ts';
import { figuresFrom, type BenchFleet } from './benchFleet.ts';

/** The real console behind the real browser host, on a peer whose figures change when the bench says so and at no other time. */
export interface BenchConsole extends AsyncDisposable {
  readonly url: string;
  /** Gives every call and service new figures and lets the console read them. */
  turn(): Promise<void>;
  /** Lets time pass without new figures: charts get their next point. */
  pass(seconds: number): Promise<void>;
}

export const connectionTitle = 'bench';

/** As often as the console reads figures at most. */
const readEverySeconds = 2;

export async function startBenchConsole(fleet: BenchFleet, assets: Assets): Promise<BenchConsole> {
  let turn = 0;
  const clock = createFakeClock(Date.now());
  const ports = createMemoryPorts({ clock });
  const console_ = await createConsole([peerOf(fleet, () => turn)], ports);
  const loopback = await startLoopback({
    router: console_.router,
    context: {},
    assets,
    log: ports.log,
  });
  return {
    url: loopback.url,
    async turn() {
      turn += 1;
      await clock.advance(readEverySeconds * 1_000);
    },
    pass: (seconds) => clock.advance(seconds * 1_000),
    async [Symbol.asyncDispose]() {
      await loopback.close();
      await console_[Symbol.asyncDispose]();
    },
  };
}

function peerOf(fleet: BenchFleet, turn: () => number): Connector<unknown> {
  const refuse = (): Promise<never> => Promise.reject(new Error('the bench writes nothing'));
  const session: Session = {
    peer: { product: 'Bench', version: '1' },
    server: 'https://bench.test',
    user: null,
    permissions: [],
    warnings: [],
    namespaces: null,
    topology: {
      async *watch(signal) {
        yield fleet.topology;
        await untilAborted(signal);
      },
    },
    signals: {
      source: figuresFrom,
      scrapeIntervalSeconds: readEverySeconds,
      read: (windowSeconds) => Promise.resolve(fleet.reading(turn(), windowSeconds)),
      series: (read) => Promise.resolve(linesOf(read)),
      counters: () => Promise.resolve({ source: figuresFrom, series: [], problems: [] }),
    },
    weights: {
      async *watch(signal) {
        yield fleet.splits(connectionTitle);
        await untilAborted(signal);
      },
      plan: refuse,
      planUndo: refuse,
      apply: refuse,
      verify: refuse,
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    id: 'bench',
    title: 'Bench',
    capabilities: capabilitiesOf(session),
    settings: z.object({}).passthrough(),
    discover: () =>
      Promise.resolve({
        candidates: [
          {
            title: connectionTitle,
            detail: `${fleet.services} services`,
            settings: {},
            current: true,
            problem: null,
            warnings: [],
          },
        ],
        problems: [],
      }),
    open: () => Promise.resolve(session),
  };
}

/** Two versions of wavy lines, a function of time alone, so that a later range continues an earlier one. */
function linesOf({ from, to, stepSeconds, scope }: SeriesRead): SeriesObservation {
  const count = Math.floor((to - from) / (stepSeconds * 1_000)) + 1;
  const line = (version: string | null, phase: number) => {
    const wave = (base: number, swing: number): number[] =>
      Array.from({ length: count }, (_, i) => {
        const at = from / 1_000 + i * stepSeconds;
        return base + swing * Math.sin(at / 47 + phase) + swing * 0.3 * Math.sin(at / 7);
      });
    return {
      version,
      requestsPerSecond: wave(120, 30),
      failedPerSecond: wave(2, 1),
      p50Ms: wave(20, 4),
      p99Ms: wave(180, 60),
    };
  };
  const lines = scope.hosts === undefined ? [line(null, 0)] : [line('v1', 0), line('v2', 1)];
  return { from, stepSeconds, lines, problems: [] };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
