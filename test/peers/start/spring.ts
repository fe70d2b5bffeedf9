import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { createProcesses, type Running, statusOf, waitFor } from './processes.ts';
import {
  configFiles,
  configSettings,
  configUrl,
  eurekaSettings,
  eurekaUrl,
  instanceSettings,
  type SpringInstance,
  springInstances,
  springRange,
} from './springShop.ts';

/** A real Eureka, a real Config Server and services with Resilience4j's breakers. */
export interface SpringPeer extends AsyncDisposable {
  readonly eurekaUrl: string;
  readonly configUrl: string;
  /** The folder that the Config Server reads; what is written there is handed out at once. */
  readonly configFolder: string;
  readonly running: ReadonlyMap<string, Running>;
  /** Starts another copy and waits until Eureka lists it. */
  start(instance: SpringInstance, more?: object): Promise<void>;
  stop(id: string): Promise<void>;
}

export interface SpringOptions {
  /** Folder of the archives. */
  readonly dir: string;
  readonly runDir: string;
  /** What is started at once; two of each service when not given. */
  readonly instances?: readonly SpringInstance[];
  /** Settings of each of them beside their own. */
  readonly more?: object;
  /** Another backend of the Config Server than its folder. */
  readonly backend?: (folder: string) => Promise<object>;
}

// Small heaps: six of these share two cores with everything else of the tier.
const java = [
  ...['-Xmx128m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:MaxMetaspaceSize=192m'],
  ...['-XX:CICompilerCount=1', '-Xshare:auto', '-Djava.net.preferIPv4Stack=true'],
];
const startLimitMs = 180_000;

/** Starts them in the tier's network namespace, and waits until Eureka lists every one as up. */
export async function startSpring(options: SpringOptions): Promise<SpringPeer> {
  const runDir = join(options.runDir, 'spring');
  await mkdir(runDir, { recursive: true });
  const configFolder = await mkdtemp(join(tmpdir(), 'podium-config-'));
  for (const [name, text] of Object.entries(configFiles)) await writeFile(join(configFolder, name), text);
  await runCommand('ip', ['route', 'replace', 'local', springRange, 'dev', 'lo'], { timeLimitMs: 10_000 });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(configFolder, { recursive: true, force: true }));
  const processes = stack.use(createProcesses(runDir));
  const running = new Map<string, Running>();

  const launch = (name: string, program: string, settings: unknown): Running => {
    const started = processes.start({
      name,
      command: 'nice',
      args: ['-n', '5', 'java', ...java, '-jar', join(options.dir, `${program}.jar`)],
      cwd: configFolder,
      env: { ...process.env, SPRING_APPLICATION_JSON: JSON.stringify(settings) },
    });
    running.set(name, started);
    return started;
  };
  const answers = (url: string, needs: readonly Running[]): Promise<boolean> =>
    waitFor(url, { limitMs: startLimitMs, needs }, async () => (await statusOf(url)) === 200);
  const start: SpringPeer['start'] = async (instance, more = {}) => {
    const { id, app, actuator } = instance;
    const needs = [launch(id, app, instanceSettings(instance, more))];
    await answers(`${actuator}/health`, needs);
    await waitFor(`${id} in Eureka`, { limitMs: 60_000, needs }, () => isListed(instance));
  };

  const eureka = launch('eureka', 'eureka', eurekaSettings);
  const settings = (await options.backend?.(configFolder)) ?? configSettings(configFolder);
  const config = launch('config', 'config', settings);
  await Promise.all([
    answers(`${eurekaUrl}/eureka/apps`, [eureka]),
    answers(`${configUrl}/payment/default`, [config]),
  ]);
  await Promise.all((options.instances ?? springInstances).map((instance) => start(instance, options.more)));

  const whole = stack.move();
  return {
    eurekaUrl,
    configUrl,
    configFolder,
    running,
    start,
    async stop(id) {
      const one = running.get(id);
      if (one === undefined) throw new Error(`there is no ${id}`);
      running.delete(id);
      await processes.stop(one);
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

/** Whether clients get it in the list, which Eureka makes anew only now and then. */
async function isListed({ app, id }: SpringInstance): Promise<boolean> {
  const answer = await fetch(`${eurekaUrl}/eureka/apps/${app.toUpperCase()}`, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(5_000),
  });
  return answer.ok && new RegExp(`"instanceId":"${id}".*?"status":"UP"`).test(await answer.text());
}
