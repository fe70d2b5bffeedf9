import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectors } from '../connectors/index.ts';
import { createConsole } from '../core/console.ts';
import { readAssets } from '../node/assets.ts';
import { linkToPlace, writeLink } from '../model/deepLink.ts';
import { openNodePorts } from '../node/ports.ts';
import { openBrowser } from './openBrowser.ts';
import { startLoopback, type Loopback } from './server.ts';
import { createTerminal } from './terminal.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** When, for `open`: 14:06, or a date with a time. */
    at: { type: 'string' },
    'no-open': { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    /** A Git work tree that declares what runs; may be given several times. */
    repository: { type: 'string', multiple: true, default: [] },
  },
});

const link = linkAsked();
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
async function announce({ url: plain }: Loopback): Promise<void> {
  const url = link === null ? plain : `${plain}&open=${encodeURIComponent(link)}`;
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

/** What `open CONTEXT/NAMESPACE/SERVICE --at TIME` leads to; null where nothing is to be opened. */
function linkAsked(): string | null {
  const [verb, place, ...more] = positionals;
  if (verb === undefined) return null;
  try {
    if (verb !== 'open' || more.length > 0)
      throw new Error(
        `“${positionals.join(' ')}” is no command: there is open CONTEXT/NAMESPACE/SERVICE --at TIME.`,
      );
    return writeLink(linkToPlace(place ?? '', options.at ?? null, Date.now()));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
