import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Log, RehearsalPort } from '../core/ports.ts';

const startWithinMs = 20_000;
const answerWithinMs = 5_000;

const Ready = z.object({ ready: z.literal(true), kubeconfig: z.string() });
const Played = z.object({ incident: z.string(), ok: z.boolean(), error: z.string().optional() });

/** Where the fleet's own process comes from; the desktop host lends Electron's. */
export type SpawnFleet = () => ChildProcess;

/** The rehearsal's port, and the end of its process. */
export interface Rehearsal extends RehearsalPort, AsyncDisposable {}

/** Starts the built-in fleet when it is first asked for, once, and ends it with us. */
export function createRehearsal(log: Log, spawnFleet: SpawnFleet = spawnWithNode): Rehearsal {
  let fleet: Fleet | null = null;
  const running = (): Fleet => {
    if (fleet === null || fleet.hasEnded()) fleet = startFleet(spawnFleet(), log);
    return fleet;
  };
  return {
    async start() {
      const { kubeconfig } = await running().ready;
      return { connector: 'kubernetes', title: 'Rehearsal', settings: { text: kubeconfig } };
    },
    trigger: async (incident) => {
      const current = running();
      await current.ready;
      await current.play(incident);
    },
    [Symbol.asyncDispose]: async () => fleet?.stop(),
  };
}

interface Fleet {
  readonly ready: Promise<{ readonly kubeconfig: string }>;
  play(incident: string): Promise<void>;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

function startFleet(child: ChildProcess, log: Log): Fleet {
  const listeners = new Set<(line: unknown) => void>();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
  });
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const value = parseJson(line);
      for (const listener of listeners) listener(value);
    });
  }
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => log.warn('The rehearsal says', { line }));
  }
  // Writing to a fleet that has just died is answered by `ended`.
  child.stdin?.on('error', () => undefined);

  const ready = answerOf(Ready, startWithinMs, () => true);
  ready.catch(() => child.kill());

  return {
    ready,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async play(incident) {
      const played = answerOf(Played, answerWithinMs, (answer) => answer.incident === incident);
      child.stdin?.write(`${JSON.stringify({ incident })}\n`);
      const answer = await played;
      if (!answer.ok)
        throw new Error(`The rehearsal refused "${incident}": ${answer.error ?? 'no reason given'}`);
    },
    async stop() {
      child.kill();
      await ended;
    },
  };

  /** The next line of a shape; rejects when the process ends first or stays silent. */
  function answerOf<T>(schema: z.ZodType<T>, withinMs: number, fits: (answer: T) => boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(`it said nothing for ${withinMs / 1_000} s`), withinMs);
      const done = (): void => {
        clearTimeout(timer);
        listeners.delete(listen);
      };
      const fail = (why: string): void => {
        done();
        reject(new Error(`The rehearsal did not answer: ${why}.`));
      };
      const listen = (line: unknown): void => {
        const parsed = schema.safeParse(line);
        if (!parsed.success || !fits(parsed.data)) return;
        done();
        resolve(parsed.data);
      };
      listeners.add(listen);
      void ended.then(fail);
    });
  }
}

function spawnWithNode(): ChildProcess {
  // Its stdin is ours: when we die, however we die, the fleet reads its end and goes too.
  return spawn(process.execPath, [join(import.meta.dirname, '../rehearsal/main.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: fleetEnvironment(),
  });
}

/** The fleet needs nothing of ours, so it is told nothing of ours. */
function fleetEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'TZ', 'TMPDIR', 'TEMP', 'SystemRoot', 'PODIUM_SEED'];
  return Object.fromEntries(kept.map((name) => [name, process.env[name]]));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
