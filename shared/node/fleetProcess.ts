import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The fleet's own process as the rehearsal sees it: lines in, lines out, and an end. Each host starts it its own way. */
export interface FleetProcess {
  /** Each line it says that is meant for us. */
  onLine(listener: (line: string) => void): void;
  /** Each line of complaint, for the log. */
  onComplaint(listener: (line: string) => void): void;
  send(line: string): void;
  /** Resolves with why, once it has ended. */
  readonly ended: Promise<string>;
  stop(): void;
}

/** What the rehearsal has beside the shop in Kubernetes. */
export const fleetArguments: readonly string[] = [
  '--with-consul',
  '--with-spring',
  '--with-gateway-api',
  '--with-accounts',
];

/** Runs the fleet on the Node that runs us. */
export function spawnFleet(): FleetProcess {
  // Its stdin is ours: when we die, however we die, the fleet reads its end and goes too.
  const fleet = join(import.meta.dirname, '../rehearsal/main.ts');
  const child = spawn(process.execPath, [fleet, ...fleetArguments], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: fleetEnvironment(),
  });
  // Writing to a fleet that has just died is answered by `ended`.
  child.stdin.on('error', () => undefined);
  return {
    onLine: (listener) => void createInterface({ input: child.stdout }).on('line', listener),
    onComplaint: (listener) => void createInterface({ input: child.stderr }).on('line', listener),
    send: (line) => void child.stdin.write(`${line}\n`),
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
    }),
    stop: () => void child.kill(),
  };
}

/** The fleet needs nothing of ours but a place for its files, so it is told nothing else. */
export function fleetEnvironment(): Record<string, string> {
  const kept = ['PATH', 'TZ', 'TMPDIR', 'TEMP', 'SystemRoot', 'PODIUM_SEED'];
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
