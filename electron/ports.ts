import type { MessagePortMain } from 'electron/main';
import type { Kept, News } from '../shared/core/ports.ts';
import type { FleetProcess } from '../shared/node/fleetProcess.ts';
import { openNodePorts, type NodePorts } from '../shared/node/ports.ts';
import type { Sealing } from '../shared/node/vault.ts';
import { createLoginSearchPath } from '../shared/node/searchPath.ts';

/** What only the main process can do for the console. */
export interface MainProcess {
  /** A port to the fleet's process, which it starts. */
  readonly requestFleet: () => Promise<MessagePortMain>;
  /** Takes what the console looks after: it keeps the machine awake meanwhile, and asks before it quits. */
  readonly tellHeld: (kept: readonly Kept[]) => void;
  /** Takes what happened: it shows it where nobody looks at the window. */
  readonly tellNews: (news: News) => void;
  /** The operating system's encryption. */
  readonly sealing: Sealing;
}

/** What the desktop lends the console: Node's implementations on the shared data folder, and what the main process does for them. */
export function openDesktopPorts(main: MainProcess, repositories: readonly string[]): NodePorts {
  return openNodePorts({
    repositories,
    startFleet: () => fleetOver(main.requestFleet()),
    keepAwake: main.tellHeld,
    notify: main.tellNews,
    sealing: main.sealing,
    searchPath: createLoginSearchPath(),
  });
}

function fleetOver(arriving: Promise<MessagePortMain>): FleetProcess {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const use = (act: (port: MessagePortMain) => void): void => {
    arriving.then(act, (error: unknown) => end(String(error)));
  };
  use((port) => port.on('close', () => end('its process ended')));
  return {
    ended,
    onLine: (listener) =>
      use((port) => {
        port.on('message', ({ data }) => listener(JSON.stringify(data)));
        port.start();
      }),
    // The main process passes the fleet's complaints to its own stderr.
    onComplaint: () => undefined,
    // The rehearsal speaks lines; over a port it takes what they mean.
    send: (line) => use((port) => port.postMessage(JSON.parse(line))),
    // The fleet goes when its port does.
    stop: () =>
      use((port) => {
        port.close();
        end('it was stopped');
      }),
  };
}
