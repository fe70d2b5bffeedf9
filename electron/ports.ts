import type { MessagePortMain } from 'electron/main';
import type { FleetProcess } from '../shared/node/fleetProcess.ts';
import { openNodePorts, type NodePorts } from '../shared/node/ports.ts';

/** A port to the fleet's process, from whoever may start one. */
export type RequestFleet = () => Promise<MessagePortMain>;

/** Takes the titles of the trips that are held to the main process, which alone may keep the machine awake. */
export type TellHeld = (titles: readonly string[]) => void;

/**
 * What the desktop lends the console: Node's implementations on the shared data folder. Only the main process can start
 * another utility process, so the fleet is asked for there and comes as a port.
 */
export function openDesktopPorts(requestFleet: RequestFleet, tellHeld: TellHeld): NodePorts {
  return openNodePorts({ startFleet: () => fleetOver(requestFleet()), keepAwake: tellHeld });
}

function fleetOver(arriving: Promise<MessagePortMain>): FleetProcess {
  const ended = new Promise<string>((resolve) => {
    arriving.then(
      (port) => port.on('close', () => resolve('its process ended')),
      (error: unknown) => resolve(String(error)),
    );
  });
  const use = (act: (port: MessagePortMain) => void): void => {
    arriving.then(act, () => undefined);
  };
  return {
    ended,
    onLine: (listener) =>
      use((port) => {
        port.on('message', ({ data }) => listener(JSON.stringify(data)));
        port.start();
      }),
    // The main process passes the fleet's complaints to its own stderr.
    onComplaint: () => undefined,
    // The fleet takes objects from its parent process and lines from a pipe; the rehearsal speaks lines.
    send: (line) => use((port) => port.postMessage(JSON.parse(line))),
    stop: () => use((port) => port.close()),
  };
}
