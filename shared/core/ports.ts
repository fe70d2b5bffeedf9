import type { FileChange, NamedFolder, OpenFolder } from '../connectors/kit/folder.ts';
import type { ByteStream } from '../connectors/kit/forwards.ts';
import type { SearchPath } from '../connectors/kit/programs.ts';
import type { LastPicture } from '../model/graph.ts';
import type { OperationRecord } from '../model/record.ts';
import type { Settings } from '../model/settings.ts';
import type { ProgramQuestion } from '../model/program.ts';
import type { VaultState } from '../model/vault.ts';
import type { Canary } from '../model/watch.ts';

/** What a host must lend the console. All of it asynchronous and serialisable, for it may live in another process. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: JournalStore;
  readonly settings: SettingsStore;
  readonly pictures: PictureStore;
  readonly canaries: CanaryStore;
  readonly vault: Vault;
  readonly rehearsal: RehearsalPort;
  /** Git work trees that the operator named when starting. */
  readonly repositories: readonly Repository[];
  /** Folders of this machine that the operator names for a connection; absent where the host lends none. */
  readonly openFolder?: OpenFolder;
  /** Programs that connections run to log in; absent where the host runs none. */
  readonly programs?: ProgramsPort;
  /** Ports of this machine that lead elsewhere; absent where the host opens none. */
  readonly localPorts?: LocalPorts;
  /** Sends what a webhook is told to the address that the operator gave; absent where the host sends none. */
  readonly postWebhook?: (post: WebhookPost) => Promise<{ readonly status: number; readonly text: string }>;
  /** Told whenever it changes what Podium looks after: while there is something, the host keeps the machine awake and asks before it quits. */
  readonly keepAwake: (kept: readonly Kept[]) => void;
  /** Shows what happened to somebody who looks elsewhere just now; absent where the host shows nothing outside its window. */
  readonly notify?: (news: News) => void;
  /** Ports of this machine at which the host itself listens; connectors never go there. */
  readonly ownPorts: () => readonly number[];
  /** Who is at the keyboard, as the operating system says ("ana@laptop"). */
  readonly actor: string;
  readonly version: string;
  /** Where the host keeps everything, for people; null where it keeps nothing. */
  readonly dataFolder: string | null;
  /** The last lines of the log as they were written, oldest first; as many as asked for at most. */
  readonly readLog: (most: number) => Promise<readonly string[]>;
}

/** One POST to one address: redirects are not followed, and any status is an answer. */
export interface WebhookPost {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Something to tell somebody who does not look at Podium just now: plain text, and a link as `writeLink` makes it. */
export interface News {
  readonly title: string;
  readonly text: string;
  /** Where it leads; null for nowhere but Podium. */
  readonly link: string | null;
}

/** Something that Podium will end, judge or go on with by itself, if it runs and the machine is awake. `expiry`: a change that takes itself back after a time. */
export interface Kept {
  readonly kind: 'trip' | 'expiry' | 'watch' | 'canary';
  readonly title: string;
}

export type { ByteStream, FileChange, NamedFolder, OpenFolder };

/** Listens on this machine's own loopback address, for its own programs. */
export interface LocalPorts {
  /** Hands each connection to `take`. 0 is any port that is free. Throws in words where it cannot be had. */
  listen(port: number, take: (connection: ByteStream) => void): Promise<Listening>;
}

/** A port that is listened at, until it is disposed of; that breaks off its connections. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** How programs are found, and who lets them be run. */
export interface ProgramsPort {
  searchPath(): Promise<SearchPath>;
  /**
   * Asks whoever started the host, where the window itself has no say; resolves when they allowed it, and rejects with the
   * signal's reason. Absent where the window is the host's own.
   */
  readonly askInTerminal?: (asked: AskedProgram, signal: AbortSignal) => Promise<void>;
}

/** A program that the connection of this title waits for. */
export interface AskedProgram {
  readonly title: string;
  readonly question: ProgramQuestion;
}

export type { SearchPath };

/** A Git work tree, read at its HEAD. Methods throw in words. */
export interface Repository {
  readonly folder: string;
  head(): Promise<{ readonly commit: string; readonly branch: string }>;
  /** Manifests (YAML, JSON) that hold this text. */
  filesNaming(name: string): Promise<readonly string[]>;
  read(file: string): Promise<string>;
  /** Commits one file's new text onto HEAD as a new branch; answers with the commit. Touches neither index nor work tree. */
  commit(what: {
    readonly file: string;
    readonly text: string;
    readonly branch: string;
    readonly message: string;
  }): Promise<string>;
}

/** Time. Tests lend one that they move by hand. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Ms that never jump, from any origin. They may stand still while the machine sleeps. */
  monotonic(): number;
  /** Ms since the machine started, sleep included; nobody can set them. */
  elapsed(): number;
  /** Tells this run of the machine from others, so that `elapsed` can be kept; null where the machine does not say. */
  readonly boot: string | null;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance. Tests lend one that they know beforehand. */
export interface Random {
  /** Unguessable, unique. */
  id(): string;
  /** Anywhere in 0..1, one excluded; to keep apart what would come at once. */
  fraction(): number;
}

/** Structured, redacted by the host. Never give it bodies or credentials. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** The journal on disk: every call returns after the data is durable. */
export interface JournalStore {
  /** False in the second process on one data folder; then `append` and `update` throw. */
  readonly writable: boolean;
  append(record: OperationRecord): Promise<void>;
  update(record: OperationRecord): Promise<void>;
  read(id: string): Promise<OperationRecord | null>;
  /** Newest first; `query` matches any text of the record, case-insensitively. */
  list(filter: JournalFilter): Promise<readonly OperationRecord[]>;
}

export interface JournalFilter {
  readonly query?: string;
  readonly connectionTitle?: string;
  readonly serviceName?: string;
  readonly from?: number;
  readonly to?: number;
  /** States to keep; all when absent. */
  readonly states?: readonly OperationRecord['state'][];
  /** Only ways back of this operation. */
  readonly undoOf?: string;
  readonly setId?: string;
  readonly canaryId?: string;
  /** Only those with a trip or a watch that is not over. */
  readonly holding?: true;
  /** Only those whose end is not taken down yet. */
  readonly unfinished?: true;
  /** How many at most; `Infinity` for all. */
  readonly limit: number;
}

/** Guided canaries on disk: `put` returns after the data is durable, and throws where another process writes. */
export interface CanaryStore {
  put(canary: Canary): Promise<void>;
  /** Every one that may still set weights, however old. */
  open(): Promise<readonly Canary[]>;
  /** Newest first. */
  list(limit: number): Promise<readonly Canary[]>;
}

/** Small things remembered for the operator. */
export interface SettingsStore {
  read(): Promise<Settings>;
  write(settings: Settings): Promise<void>;
}

/**
 * Secrets by name. What is on disk is sealed by the operating system; where that cannot be done they stay in memory, and
 * `state` says why. Nothing here throws for want of a keyring.
 */
export interface Vault {
  /** Where a secret would be kept that is put now. */
  state(): Promise<VaultState>;
  /** Null when there is none of this name, or it cannot be opened now. */
  read(name: string): Promise<string | null>;
  /** Replaces what there is of this name; the answer says where it is kept. */
  put(name: string, secret: string): Promise<VaultState>;
  forget(name: string): Promise<void>;
}

/** The last map of each connection, by its title. A picture that cannot be read is no picture. */
export interface PictureStore {
  read(connectionTitle: string): Promise<LastPicture | null>;
  write(connectionTitle: string, picture: LastPicture): Promise<void>;
  forget(connectionTitle: string): Promise<void>;
}

/** One system of the built-in fleet: which connector reaches it, and with what settings. */
export interface RehearsalSystem {
  readonly connector: string;
  readonly title: string;
  readonly settings: unknown;
}

/** Starts the built-in fleet in a process of its own, once; says how each of its systems is reached, the main one first. */
export interface RehearsalPort {
  start(): Promise<readonly RehearsalSystem[]>;
  /** Plays an incident of the fleet's script by name. */
  trigger(incident: string): Promise<void>;
}
