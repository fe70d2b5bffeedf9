import { join } from 'node:path';
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron/main';

const restartAfterMs = 1_000;

/** The console in a process of its own, restarted when it falls over; a window's port closes with it and asks again. */
export interface ConsoleProcess {
  /** A port to the console that runs now. */
  connect(): MessagePortMain;
  stop(): void;
}

/** Starts the utility process that runs the console on `dataFolder`; `onHeld` hears the titles of trips whenever they change. */
export function startConsoleProcess(
  folder: string,
  dataFolder: string,
  onHeld: (titles: readonly string[]) => void,
): ConsoleProcess {
  let isStopping = false;
  let fleet: UtilityProcess | null = null;
  let child = fork();

  return {
    connect() {
      const { port1, port2 } = new MessageChannelMain();
      child.postMessage('podium:port', [port1]);
      return port2;
    },
    stop() {
      isStopping = true;
      fleet?.kill();
      // The console closes its sessions and its journal, then ends by itself.
      child.postMessage('podium:stop');
    },
  };

  function fork(): UtilityProcess {
    const started = utilityProcess.fork(join(folder, 'console.js'), [], {
      serviceName: 'Podium console',
      // Both hosts keep their things in one folder and read the same variable for it.
      env: { ...process.env, PODIUM_DATA: process.env['PODIUM_DATA'] ?? dataFolder },
    });
    started.on('message', (message) => {
      if (message === 'podium:fleet') lendFleet(started);
      const titles = heldIn(message);
      if (titles !== null) onHeld(titles);
    });
    started.on('exit', (code) => {
      fleet?.kill();
      // The next one tells anew what is held.
      onHeld([]);
      if (isStopping) return;
      process.stderr.write(`The console ended with code ${code} and is started again.\n`);
      setTimeout(() => (child = fork()), restartAfterMs);
    });
    return started;
  }

  /** Starts the rehearsal in a process of its own and gives the console a port to it. */
  function lendFleet(to: UtilityProcess): void {
    fleet?.kill();
    fleet = utilityProcess.fork(join(folder, 'rehearsal.js'), [], {
      serviceName: 'Podium rehearsal',
      env: {},
    });
    const { port1, port2 } = new MessageChannelMain();
    fleet.postMessage('podium:port', [port1]);
    to.postMessage('podium:fleet', [port2]);
  }
}

/** The titles of trips that a message of the console tells; null where it tells something else. */
function heldIn(message: unknown): readonly string[] | null {
  if (typeof message !== 'object' || message === null || !('held' in message)) return null;
  return Array.isArray(message.held) ? message.held.map(String) : null;
}
