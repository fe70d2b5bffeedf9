import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectors } from '../connectors/index.ts';
import { createConsole } from '../core/console.ts';
import { readAssets } from '../node/assets.ts';
import { openNodePorts } from '../node/ports.ts';
import { openBrowser } from './openBrowser.ts';
import { startLoopback, type Loopback } from './server.ts';
import { createTerminal } from './terminal.ts';

const { values: options } = parseArgs({
  options: {
    'no-open': { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    /** A Git work tree that declares what runs; may be given several times. */
    repository: { type: 'string', multiple: true, default: [] },
  },
});

let ownPort: number | null = null;
const terminal = createTerminal(process.stdin, print);
const ports = openNodePorts({
  repositories: options.repository,
  ownPorts: () => (ownPort === null ? [] : [ownPort]),
  askInTerminal: terminal.ask,
});
const console_ = await createConsole(connectors, ports);
const assets = await readAssets(join(import.meta.dirname, '../../dist/renderer'));
const loopback = await startLoopback({
  router: console_.router,
  context: {},
  assets,
  log: ports.log,
  port: Number(options.port),
});

ownPort = Number(new URL(loopback.url).port);
void console_.reopenHeld();

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

await announce(loopback);
offerNewAddresses(loopback);

/** One line that tests and people read alike: the address alone, on a line of its own. */
async function announce({ url }: Loopback): Promise<void> {
  print('Podium runs in the browser at');
  print(`  ${url}`);
  const mayOpen =
    !options['no-open'] && process.env['CI'] === undefined && process.env['PODIUM_NO_OPEN'] === undefined;
  if (mayOpen && !(await openBrowser(url)))
    print('No browser could be opened from here: open the address yourself.');
  print('The address works once, for a minute. Press Enter for a new one, Ctrl+C to stop.');
}

/** A code is good once, so a second window or one opened too late needs a new address. */
function offerNewAddresses({ newUrl }: Loopback): void {
  terminal.onLine(() => print(`  ${newUrl()}`));
  process.stdin.unref?.();
}

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  void close().finally(() => process.exit(0));
}

async function close(): Promise<void> {
  await loopback.close();
  await console_[Symbol.asyncDispose]();
  await ports[Symbol.asyncDispose]();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
