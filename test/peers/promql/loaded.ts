import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPeers } from '../install.ts';
import { createProcesses, statusOf, waitFor } from '../start/processes.ts';

/** A second real Prometheus that scrapes nothing and holds only what it was loaded with. */
export interface LoadedPrometheus extends AsyncDisposable {
  readonly url: string;
}

const port = 19_391;

/** Makes blocks of OpenMetrics text and starts a Prometheus on them. Only inside the tier's namespace. */
export async function startLoaded(openMetrics: string): Promise<LoadedPrometheus> {
  const { prometheus } = findPeers();
  if (prometheus.kind === 'absent') throw new Error(`Prometheus is absent because ${prometheus.because}`);
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'podium-promql-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const [text, data, config] = ['samples.om', 'data', 'prometheus.yml'].map((name) => join(folder, name));
  await writeFile(String(text), openMetrics);
  await writeFile(String(config), 'global: {}\n');
  const make = ['tsdb', 'create-blocks-from', 'openmetrics', String(text), String(data)];
  execFileSync(join(prometheus.dir, 'promtool'), make, { stdio: 'ignore', timeout: 120_000 });
  const processes = stack.use(createProcesses(folder));
  const running = processes.start({
    name: 'prometheus-loaded',
    command: join(prometheus.dir, 'prometheus'),
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=30d',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
  });
  const url = `http://127.0.0.1:${port}`;
  const wait = { limitMs: 60_000, needs: [running] };
  await waitFor('the loaded Prometheus', wait, async () => (await statusOf(`${url}/-/ready`)) === 200);
  const whole = stack.move();
  return { url, [Symbol.asyncDispose]: () => whole.disposeAsync() };
}
