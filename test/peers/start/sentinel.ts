import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { createProcesses, type Running, statusOf, waitFor } from './processes.ts';

/** One running copy of a service with Sentinel in it. */
export interface SentinelInstance {
  readonly id: string;
  readonly app: 'order' | 'payment';
  readonly address: string;
  /** Of its command centre, which listens on every address of the machine. */
  readonly commandPort: number;
  /** Flow rules are read from a file, and what is set is written there. */
  readonly withFile?: boolean;
}

/** Two of order, which calls payment; the second has its flow rules in a file too. */
export const sentinelInstances = [
  { id: 'payment-1', app: 'payment', address: '10.81.1.1', commandPort: 8729 },
  { id: 'order-1', app: 'order', address: '10.81.2.1', commandPort: 8719 },
  { id: 'order-2', app: 'order', address: '10.81.2.2', commandPort: 8720, withFile: true },
] as const satisfies readonly SentinelInstance[];

export const thirdOrder: SentinelInstance = {
  id: 'order-3',
  app: 'order',
  address: '10.81.2.3',
  commandPort: 8721,
};

export const commandUrl = ({ address, commandPort }: SentinelInstance): string =>
  `http://${address}:${commandPort}`;
/** Of the service itself: `/order` calls `/pay` of payment. */
export const serviceUrl = ({ address }: SentinelInstance): string => `http://${address}:8080`;

/** Services with the real library in them. */
export interface SentinelPeer extends AsyncDisposable {
  readonly running: ReadonlyMap<string, Running>;
  /** The folder with `flow.json` of the instance that has one. */
  readonly rulesFolder: string;
  start(instance: SentinelInstance): Promise<void>;
  stop(id: string): Promise<void>;
}

export interface SentinelOptions {
  /** Folder of the archive. */
  readonly dir: string;
  readonly runDir: string;
}

const range = '10.81.0.0/16';
// Small heaps: these share two cores with everything else of the tier.
const java = [
  ...['-Xmx64m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:CICompilerCount=1'],
  ...['-Xshare:auto', '-Djava.net.preferIPv4Stack=true'],
];

/** Starts them in the tier's network namespace, and waits until each answers and was called once. */
export async function startSentinel(options: SentinelOptions): Promise<SentinelPeer> {
  const runDir = join(options.runDir, 'sentinel');
  await mkdir(runDir, { recursive: true });
  const rulesFolder = await mkdtemp(join(tmpdir(), 'podium-rules-'));
  await runCommand('ip', ['route', 'replace', 'local', range, 'dev', 'lo'], { timeLimitMs: 10_000 });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(rulesFolder, { recursive: true, force: true }));
  const processes = stack.use(createProcesses(runDir));
  const running = new Map<string, Running>();

  const start: SentinelPeer['start'] = async (instance) => {
    const { id, app, address, commandPort, withFile } = instance;
    const properties = {
      'project.name': app,
      'csp.sentinel.api.port': commandPort,
      // By itself it writes its logs into the home folder.
      'csp.sentinel.log.dir': join(runDir, id),
      'podium.instance': id,
      'podium.address': address,
      'podium.port': 8080,
      ...(app === 'order' ? { 'podium.calls': serviceUrl(sentinelInstances[0]) } : {}),
      ...(withFile === true ? { 'podium.rules': rulesFolder } : {}),
    };
    const started = processes.start({
      name: id,
      command: 'nice',
      args: [
        ...['-n', '5', 'java', ...java],
        ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
        ...['-jar', join(options.dir, 'sentinel.jar')],
      ],
      cwd: runDir,
    });
    running.set(id, started);
    // A resource is there from its first request on.
    const first = `${serviceUrl(instance)}/${app === 'order' ? 'order' : 'pay'}`;
    for (const url of [first, `${commandUrl(instance)}/version`])
      await waitFor(`${id} at ${url}`, { limitMs: 60_000, needs: [started] }, async () => {
        return (await statusOf(url)) === 200;
      });
  };
  for (const instance of sentinelInstances) await start(instance);

  const whole = stack.move();
  return {
    running,
    rulesFolder,
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
