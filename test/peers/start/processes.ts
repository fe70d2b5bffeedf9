import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { killGroup, lastLines } from '../command.ts';

/** One long-running peer of ours. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Null while it runs, else how it ended, with its last words. */
  ended(): string | null;
}

export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** The processes of one run: started here, stopped here, each by its own id. */
export interface Processes extends AsyncDisposable {
  start(launch: Launch): Running;
  /** Stops one process and waits until it is gone. */
  stop(running: Running): Promise<void>;
  readonly pids: Readonly<Record<string, number>>;
}

// kube-apiserver takes up to six seconds after SIGTERM.
const stopLimitMs = 10_000;

/** Keeps the processes of a run; all are killed when this process exits, however it does. */
export function createProcesses(logDir: string): Processes {
  const children = new Map<Running, ChildProcess>();
  const pids: Record<string, number> = {};
  const killAll = () => {
    for (const [, child] of children) killGroup(child.pid);
  };
  process.on('exit', killAll);

  async function stop(running: Running): Promise<void> {
    const child = children.get(running);
    if (child === undefined) return;
    killGroup(child.pid, 'SIGCONT');
    killGroup(child.pid, 'SIGTERM');
    const since = Date.now();
    while (running.ended() === null && Date.now() - since < stopLimitMs) await pause(50);
    killGroup(child.pid);
    children.delete(running);
    delete pids[running.name];
  }

  return {
    pids,
    start({ name, command, args, env, cwd }) {
      const logFile = join(logDir, `${name}.log`);
      const log = openSync(logFile, 'a');
      const child = spawn(command, args, {
        cwd,
        env: env ?? process.env,
        stdio: ['ignore', log, log],
        detached: true,
      });
      closeSync(log);
      let ending: string | null = null;
      child.once('error', (error) => (ending = error.message));
      child.once('exit', (code, signal) => (ending ??= `ended with ${code ?? signal}`));
      const running: Running = {
        name,
        pid: child.pid ?? -1,
        logFile,
        ended: () => (ending === null ? null : `${ending}: ${lastLines(readFileSync(logFile, 'utf8'), 4)}`),
      };
      children.set(running, child);
      pids[name] = running.pid;
      return running;
    },
    stop,
    async [Symbol.asyncDispose]() {
      // Last started, first stopped: nobody loses the peer it depends on and complains into its log.
      for (const running of [...children.keys()].reverse()) await stop(running);
      process.off('exit', killAll);
    },
  };
}

export interface Wait {
  readonly limitMs: number;
  /** Waiting ends at once when one of these has ended. */
  readonly needs?: readonly Running[];
}

/** Polls until the check gives something, for a bounded time; a check that throws has not succeeded yet. */
export async function waitFor<T>(
  what: string,
  wait: Wait,
  check: () => Promise<T | null | undefined | false>,
): Promise<T> {
  const since = Date.now();
  let lastError = '';
  for (;;) {
    try {
      const value = await check();
      if (value !== null && value !== undefined && value !== false) return value;
    } catch (error) {
      lastError = error instanceof Error ? `: ${error.message}` : '';
    }
    const dead = wait.needs?.find((running) => running.ended() !== null);
    if (dead !== undefined) throw new Error(`waiting for ${what}: ${dead.name} ${dead.ended()}`);
    if (Date.now() - since > wait.limitMs) {
      throw new Error(`waited ${wait.limitMs / 1000} s in vain for ${what}${lastError}`);
    }
    await pause(100);
  }
}

/** The status of a GET over plain HTTP, or null when nobody answers within two seconds; `host` is the Host header. */
export function statusOf(url: string, host: string = new URL(url).host): Promise<number | null> {
  return new Promise((resolve) => {
    const outgoing = get(url, { headers: { host }, signal: AbortSignal.timeout(2_000) }, (answer) => {
      answer.resume();
      answer.on('error', () => resolve(null));
      answer.on('end', () => resolve(answer.statusCode ?? null));
    });
    outgoing.on('error', () => resolve(null));
  });
}
