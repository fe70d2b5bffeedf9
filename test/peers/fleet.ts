import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { z } from 'zod';
import type { PeersCoordinates } from './coordinates.ts';

/** The built-in fleet in a process of its own. */
export interface RunningFleet extends AsyncDisposable {
  readonly prometheusUrl: string;
  readonly metricsUrl: string;
}

const Ready = z.object({ prometheusUrl: z.string(), metricsUrl: z.string() });

/** Starts the fleet so that it follows the routes of this run's API server, known to it by a client certificate. */
export async function startFollower({ kubernetes, runDir }: PeersCoordinates): Promise<RunningFleet> {
  const pki = join(runDir, 'pki');
  const main = join(import.meta.dirname, '../../shared/rehearsal/main.ts');
  const certificate = ['--cert', join(pki, 'admin.crt'), '--key', join(pki, 'admin.key')];
  const follow = ['--follow', kubernetes.url, '--ca', kubernetes.caFile, ...certificate];
  const child = spawn(process.execPath, [main, '--history', '1', ...follow], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the fleet ended with code ${code}`)));
  });
  return {
    ...Ready.parse(JSON.parse(line)),
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}
