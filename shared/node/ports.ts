import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, uptime, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock, Ports, ProgramsPort } from '../core/ports.ts';
import { createCanaryStore } from './canaryStore.ts';
import { openDataFolder } from './dataFolder.ts';
import { openDatabase } from './database.ts';
import { openRepositories } from './gitRepositories.ts';
import { createJournalStore } from './journalStore.ts';
import { createLogFile, readLogTail } from './logFile.ts';
import { createPictureStore } from './pictureStore.ts';
import type { FleetProcess } from './fleetProcess.ts';
import { openNamedFolder } from './namedFolders.ts';
import { createLocalPorts } from './localPorts.ts';
import { createRehearsal } from './rehearsal.ts';
import { ownSearchPath } from './searchPath.ts';
import { createSettingsStore } from './settingsStore.ts';
import { createWebhookPost } from './webhookPost.ts';
import { createMemoryVault, createVault, type Sealing } from './vault.ts';

/** What Node lends the console, and how to give it back. */
export interface NodePorts extends Ports, AsyncDisposable {
  readonly dataFolder: string;
}

/** What differs between the hosts. */
export interface NodePortsOptions {
  readonly dataFolder?: string;
  /** Git work trees by folder. */
  readonly repositories?: readonly string[];
  readonly startFleet?: () => FleetProcess;
  /** Nothing in the browser host: a page cannot keep a machine awake, and asks by itself before it is closed. */
  readonly keepAwake?: Ports['keepAwake'];
  /** Shows what happened outside the window; absent where nothing can. */
  readonly notify?: NonNullable<Ports['notify']>;
  /** None in the desktop host: it listens nowhere. */
  readonly ownPorts?: Ports['ownPorts'];
  /** The operating system's encryption; none in the browser host, which has no way to a keyring. */
  readonly sealing?: Sealing;
  /** Folders in which login programs are looked for: those of this process, unless given. */
  readonly searchPath?: ProgramsPort['searchPath'];
  /** Who lets login programs be run, where it is not the window. */
  readonly askInTerminal?: ProgramsPort['askInTerminal'];
}

/** Opens the data folder and lends everything the console needs from it and from the machine. */
export function openNodePorts(options: NodePortsOptions = {}): NodePorts {
  const dataFolder = options.dataFolder ?? openDataFolder();
  const log = createLogFile(dataFolder);
  const database = openDatabase(dataFolder);
  const ownPorts = options.ownPorts ?? (() => []);
  const rehearsal = createRehearsal(log, options.startFleet);
  if (!database.writable)
    log.warn('Another Podium uses this data folder; this one only reads', { dataFolder });
  return {
    dataFolder,
    log,
    readLog: (most) => readLogTail(dataFolder, most),
    clock: systemClock,
    random: { id: randomUUID, fraction: Math.random },
    journal: createJournalStore(database, log),
    settings: createSettingsStore(database, log),
    pictures: createPictureStore(database, log),
    canaries: createCanaryStore(database, log),
    vault:
      options.sealing === undefined
        ? createMemoryVault('Podium runs in a browser, without a way to this computer’s keyring')
        : createVault(options.sealing, database, log),
    rehearsal,
    repositories: openRepositories(options.repositories ?? []),
    openFolder: openNamedFolder,
    programs: {
      searchPath: options.searchPath ?? (() => Promise.resolve(ownSearchPath())),
      ...(options.askInTerminal === undefined ? {} : { askInTerminal: options.askInTerminal }),
    },
    localPorts: createLocalPorts(ownPorts),
    postWebhook: createWebhookPost(ownPorts),
    keepAwake: options.keepAwake ?? (() => undefined),
    ...(options.notify === undefined ? {} : { notify: options.notify }),
    ownPorts,
    actor: actorName(),
    version: ownVersion(),
    async [Symbol.asyncDispose]() {
      await rehearsal[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
}

const Package = z.object({ version: z.string() });

const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  // Counts sleep too, where performance.now() stands still: CLOCK_BOOTTIME on Linux, and its like elsewhere.
  elapsed: () => uptime() * 1000,
  boot: bootName(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
};

/** Linux names each run of the machine; elsewhere that takes a program to be run, and the clock is trusted over a restart. */
function bootName(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

function actorName(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A user id without an entry in the machine's list of users, as in many containers.
    return `uid ${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
}

function ownVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  return Package.parse(JSON.parse(text)).version;
}
