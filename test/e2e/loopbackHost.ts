import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killedAtExit, removedAtExit } from '../support/leaveNothing.ts';

/** A running Podium of one test's own, with a data folder of its own. */
export interface PodiumProcess {
  readonly url: string;
  readonly pid: number;
  readonly dataFolder: string;
  /** A new address: each is good once. */
  newUrl(): Promise<string>;
  /** Types a line in the terminal that it was started in. */
  type(line: string): void;
  stop(): Promise<void>;
}

/** How a host is started: with a data folder of its own, unless one is given. */
export interface PodiumStart {
  readonly dataFolder?: string;
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
}

/** Starts the browser host as `npm start` does, without opening a browser. */
export async function startLoopback(options: PodiumStart): Promise<PodiumProcess> {
  const dataFolder = options.dataFolder ?? removedAtExit(await mkdtemp(join(tmpdir(), 'podium-e2e-')));
  const child = killedAtExit(
    spawn(
      process.execPath,
      [join(import.meta.dirname, '../../shared/loopback/main.ts'), '--no-open', ...(options.args ?? [])],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: {
          ...process.env,
          PODIUM_DATA: dataFolder,
          KUBECONFIG: join(dataFolder, 'none'),
          ...options.env,
        },
      },
    ),
  );
  const lines = createInterface({ input: child.stdout });
  const addresses: string[] = [];
  const waiting: ((url: string) => void)[] = [];
  lines.on('line', (line) => {
    const url = /http:\/\/127\.0\.0\.1:\d+\/#t=\S+/.exec(line)?.[0];
    if (url === undefined) return;
    const next = waiting.shift();
    if (next === undefined) addresses.push(url);
    else next(url);
  });
  const nextUrl = () =>
    new Promise<string>((resolve, reject) => {
      const ready = addresses.shift();
      if (ready !== undefined) return resolve(ready);
      child.once('exit', (code) =>
        reject(new Error(`Podium ended with code ${code} before it gave an address`)),
      );
      waiting.push(resolve);
    });
  const url = await nextUrl();
  return {
    url,
    pid: child.pid ?? -1,
    dataFolder,
    newUrl() {
      child.stdin.write('\n');
      return nextUrl();
    },
    type: (line) => void child.stdin.write(`${line}\n`),
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
