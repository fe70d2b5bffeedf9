import { join } from 'node:path';
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron/main';
import type { Kept, News } from '../shared/core/ports.ts';
import type { Sealing } from '../shared/node/vault.ts';
import { fleetArguments, fleetEnvironment } from '../shared/node/fleetProcess.ts';
import { readLink } from '../shared/model/deepLink.ts';
import { answerSealing } from './sealingLine.ts';

const restartAfterMs = 1_000;
const stopWithinMs = 3_000;

/** The console in a process of its own, restarted when it falls over; a window's port closes with it and asks again. */
export interface ConsoleProcess {
  /** A port to the console that runs now, or to the next one. */
  connect(): MessagePortMain;
  /** Resolves when the console has closed its sessions and its journal and ended, or has taken too long. */
  stop(): Promise<void>;
}

/** What the console is started with, and who hears what it says. */
export interface ConsoleStart {
  /** Where the scripts of this host are. */
  readonly folder: string;
  readonly dataFolder: string;
  /** Git work trees that the operator named. */
  readonly repositories: readonly string[];
  /** Hears what the console looks after whenever that changes. */
  readonly onHeld: (kept: readonly Kept[]) => void;
  /** Hears what happened that somebody who looks elsewhere should know. */
  readonly onNews: (news: News) => void;
  /** Hears why the console cannot run here at all; then it is not started again. */
  readonly onCannotStart: (why: string) => void;
  /** Seals and opens what the console gives. */
  readonly sealing: Sealing;
}

/** Starts the utility process that runs the console. */
export function startConsoleProcess({
  folder,
  dataFolder,
  repositories,
  onHeld,
  onNews,
  onCannotStart,
  sealing,
}: ConsoleStart): ConsoleProcess {
  const stopped = Promise.withResolvers<void>();
  let isStopping = false;
  let fleet: UtilityProcess | null = null;
  let waiting: MessagePortMain[] = [];
  let child: UtilityProcess | null = fork();

  return {
    connect() {
      const { port1, port2 } = new MessageChannelMain();
      // Said to a process that has ended, it would be lost, and a window would wait for ever.
      if (child === null) waiting.push(port1);
      else child.postMessage('podium:port', [port1]);
      return port2;
    },
    stop() {
      isStopping = true;
      if (child === null) stopped.resolve();
      child?.postMessage('podium:stop');
      setTimeout(stopped.resolve, stopWithinMs);
      return stopped.promise;
    },
  };

  function fork(): UtilityProcess {
    const started = utilityProcess.fork(join(folder, 'console.js'), [...repositories], {
      serviceName: 'Podium console',
      // Both hosts keep their things in one folder and read the same variable for it.
      env: { ...process.env, PODIUM_DATA: dataFolder },
    });
    started.on('message', (message) => {
      if (message === 'podium:fleet') lendFleet(started);
      void answerSealing(sealing, message).then((answer) => {
        if (answer !== null) started.postMessage(answer);
      });
      const kept = heldIn(message);
      if (kept !== null) onHeld(kept);
      const news = newsIn(message);
      if (news !== null) onNews(news);
      const why = whyNotIn(message);
      if (why !== null) {
        // The next one would meet the same.
        isStopping = true;
        started.kill();
        onCannotStart(why);
      }
    });
    started.on('exit', (code) => {
      child = null;
      fleet?.kill();
      // The next one tells anew what is held.
      onHeld([]);
      // One that fell over earlier says nothing of the one that is to be stopped.
      if (isStopping) return stopped.resolve();
      process.stderr.write(`The console ended with code ${code} and is started again.\n`);
      setTimeout(restart, restartAfterMs);
    });
    return started;
  }

  function restart(): void {
    if (isStopping) return;
    const next = fork();
    child = next;
    for (const port of waiting) next.postMessage('podium:port', [port]);
    waiting = [];
  }

  /** Starts the rehearsal in a process of its own and gives the console a port to it. */
  function lendFleet(to: UtilityProcess): void {
    fleet?.kill();
    fleet = utilityProcess.fork(join(folder, 'rehearsal.js'), [...fleetArguments], {
      serviceName: 'Podium rehearsal',
      env: fleetEnvironment(),
    });
    const { port1, port2 } = new MessageChannelMain();
    fleet.postMessage('podium:port', [port1]);
    to.postMessage('podium:fleet', [port2]);
  }
}

/** What the console says that it looks after; null where its message tells something else. */
function heldIn(message: unknown): readonly Kept[] | null {
  if (typeof message !== 'object' || message === null || !('held' in message)) return null;
  // Both processes are of one build.
  return message.held as readonly Kept[];
}

/** Why the console says that it cannot run; null where its message tells something else. */
function whyNotIn(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || !('cannotStart' in message)) return null;
  return String(message.cannotStart);
}

/** What the console says that happened, no longer than a notification is; null where its message tells something else. */
function newsIn(message: unknown): News | null {
  if (typeof message !== 'object' || message === null || !('news' in message)) return null;
  const { title, text, link } = message.news as Readonly<Record<keyof News, unknown>>;
  if (typeof title !== 'string' || typeof text !== 'string') return null;
  return {
    title: title.slice(0, 100),
    text: text.slice(0, 300),
    link: typeof link === 'string' && readLink(link) !== null ? link : null,
  };
}
