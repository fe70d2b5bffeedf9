import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProcesses, statusOf, waitFor } from './processes.ts';

/** A running Alertmanager that notifies nobody. */
export interface AlertmanagerPeer extends AsyncDisposable {
  readonly url: string;
  /** As it says itself; Debian decides which one that is. */
  readonly version: string;
}

/** Starts one; a critical alert of a service inhibits its warnings. */
export async function startAlertmanager(options: {
  readonly dir: string;
  readonly runDir: string;
  /** Where it listens. */
  readonly address: string;
}): Promise<AlertmanagerPeer> {
  const dir = join(options.runDir, 'alertmanager');
  await mkdir(dir, { recursive: true });
  const configFile = join(dir, 'alertmanager.yml');
  await writeFile(configFile, JSON.stringify(configuration, null, 2));
  await using stack = new AsyncDisposableStack();
  const processes = stack.use(createProcesses(dir));
  const port = 9093;
  const running = processes.start({
    name: 'alertmanager',
    command: join(options.dir, 'prometheus-alertmanager'),
    args: [
      `--config.file=${configFile}`,
      `--storage.path=${join(dir, 'data')}`,
      // Every address: the API server's proxy comes to the address of an endpoint.
      `--web.listen-address=0.0.0.0:${port}`,
      // No cluster of several.
      '--cluster.listen-address=',
    ],
    // Where its templates are.
    cwd: options.dir,
  });
  const url = `http://${options.address}:${port}`;
  await waitFor('Alertmanager', { limitMs: 60_000, needs: [running] }, async () => {
    return (await statusOf(`${url}/-/ready`)) === 200;
  });
  const answer = await fetch(`${url}/api/v2/status`, { signal: AbortSignal.timeout(5_000) });
  const { versionInfo } = (await answer.json()) as { versionInfo: { version: string } };
  const whole = stack.move();
  return { url, version: versionInfo.version, [Symbol.asyncDispose]: () => whole.disposeAsync() };
}

const configuration = {
  route: { receiver: 'nobody', group_by: ['alertname'], group_wait: '1s', group_interval: '1s' },
  receivers: [{ name: 'nobody' }],
  inhibit_rules: [
    {
      source_matchers: ['severity="critical"'],
      target_matchers: ['severity="warning"'],
      equal: ['namespace', 'service'],
    },
  ],
};
