import type { MessagePortMain } from 'electron/main';
import { connectors } from '../shared/connectors/index.ts';
import { createConsole } from '../shared/core/console.ts';
import type { NodePorts } from '../shared/node/ports.ts';
import { openDesktopPorts } from './ports.ts';
import { createSealingLine } from './sealingLine.ts';
import { servePort } from './servePort.ts';

// The entry of the utility process: the same console value that the browser host serves, answered on ports. Its arguments
// are the Git work trees that the operator named.
const { parentPort } = process;
const waitingForFleet: ((port: MessagePortMain) => void)[] = [];
const sealingLine = createSealingLine((question) => parentPort.postMessage(question));
try {
  run(
    openDesktopPorts(
      {
        requestFleet() {
          parentPort.postMessage('podium:fleet');
          return new Promise((resolve) => waitingForFleet.push(resolve));
        },
        tellHeld: (kept) => parentPort.postMessage({ held: [...kept] }),
        tellNews: (news) => parentPort.postMessage({ news }),
        sealing: sealingLine.sealing,
      },
      process.argv.slice(2),
    ),
  );
} catch (error) {
  // It is ended by who hears this: what a process says right before its own end may be lost.
  parentPort.on('message', () => undefined);
  parentPort.postMessage({ cannotStart: error instanceof Error ? error.message : String(error) });
}

function run(ports: NodePorts): void {
  const running = createConsole(connectors, ports);

  parentPort.on('message', ({ data, ports: given }) => {
    const port = given[0];
    sealingLine.take(data);
    if (data === 'podium:port' && port !== undefined) serve(port).catch(fail);
    if (data === 'podium:fleet' && port !== undefined) waitingForFleet.shift()?.(port);
    if (data === 'podium:stop') stop().catch(fail);
  });
  running.then((open) => open.reopenHeld()).catch(fail);

  async function serve(port: MessagePortMain): Promise<void> {
    const { router } = await running;
    servePort(router, port, ports.log);
  }

  async function stop(): Promise<void> {
    const open = await running;
    await open[Symbol.asyncDispose]();
    await ports[Symbol.asyncDispose]();
    process.exit(0);
  }

  function fail(error: unknown): void {
    ports.log.error('The console failed', { problem: error instanceof Error ? error.message : 'unknown' });
    process.exit(1);
  }
}
