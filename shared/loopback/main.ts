import { join } from 'node:path';
import { connectors } from '../connectors/index.ts';
import { createConsole } from '../core/console.ts';
import { readAssets } from '../node/assets.ts';
import { openNodePorts } from '../node/ports.ts';
import { type CommandLine, readCommandLine } from './commandLine.ts';
import { openBrowser } from './openBrowser.ts';
import { startLoopback, type Loopback } from './server.ts';
import { createTerminal } from './terminal.ts';

const asked = readOrSay();
await run().catch((error: unknown) => fail(`Podium could not start: ${messageOf(error)}`, 1));

async function run(): Promise<void> {
  let ownPort: number | null = null;
  const terminal = createTerminal(process.stdin, print);
  const ports = openNodePorts({
    repositories: asked.repositories,
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
    port: asked.port,
  });

  ownPort = Number(new URL(loopback.url).port);
  void console_.reopenHeld();

  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

  await announce(loopback);
  // A code is good once, so a second window or one opened too late needs a new address.
  terminal.onLine(() => print(`  ${loopback.newUrl()}`));
  process.stdin.unref?.();

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
}

/** One line that tests and people read alike: the address alone, on a line of its own. */
async function announce({ url: plain }: Loopback): Promise<void> {
  const url = asked.link === null ? plain : `${plain}&open=${encodeURIComponent(asked.link)}`;
  print('Podium runs in the browser at');
  print(`  ${url}`);
  const mayOpen =
    asked.opensBrowser && process.env['CI'] === undefined && process.env['PODIUM_NO_OPEN'] === undefined;
  if (mayOpen && !(await openBrowser(url)))
    print('No browser could be opened from here: open the address yourself.');
  print('The address works once, for a minute. Press Enter for a new one, Ctrl+C to stop.');
}

function readOrSay(): CommandLine {
  try {
    return readCommandLine(process.argv.slice(2), Date.now());
  } catch (error) {
    return fail(messageOf(error), 2);
  }
}

function fail(sentence: string, exitCode: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(exitCode);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
