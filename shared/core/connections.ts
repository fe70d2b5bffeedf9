import type { Connector, ConnectorHost } from '../connectors/kit/connector.ts';
import { guessEnvironment } from '../connectors/kit/connector.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { ConnectionState, Discovery, OpenOptions, TypedConnection } from '../model/connection.ts';
import type { Environment } from '../model/entity.ts';
import { openConnection, type LiveConnection } from './liveConnection.ts';
import { Refusal } from './refusal.ts';
import type { Ports } from './ports.ts';
import { createPrograms } from './programs.ts';
import { createPulse, type Pulse } from './pulse.ts';
import type { SettingsKeeper } from './settings.ts';
import { connectionIdOf, withoutConnection } from '../analysis/rememberedOf.ts';
import { createTypedConnections, type TypedConnections } from './typedConnections.ts';

/** What is open, what could be, and what the operator named. */
export interface Connections extends AsyncDisposable {
  readonly changes: Pulse;
  /** Moves when something else can be connected to than before. */
  readonly discoveries: Pulse;
  readonly open: ReadonlyMap<string, LiveConnection>;
  states(): ConnectionState[];
  discover(): Promise<Discovery>;
  openByKey(key: string, options: OpenOptions): Promise<string>;
  /** Those that the operator typed, now or before. */
  readonly typed: TypedConnections;
  openTyped(typed: TypedConnection): Promise<string>;
  /** Resolves once the secrets that this computer keeps were looked for; a keyring may ask for its password first. */
  recallSecrets(): Promise<void>;
  openRehearsal(): Promise<string>;
  close(id: string): Promise<void>;
  setLocked(id: string, locked: boolean): void;
  setEnvironment(id: string, environment: Environment): Promise<void>;
  lookAgain(id: string): void;
  /** Lets the program be run that the connection waits for. */
  allowProgram(id: string, fingerprint: string): Promise<void>;
  /** Takes that word back: it is asked for again before its next run. */
  revokeProgram(fingerprint: string): Promise<void>;
  /** Forgets everything about connections of this title that is not in the journal. Throws a `Refusal` while it is open. */
  forgetAll(title: string): Promise<void>;
}

interface Candidate {
  /** Of what was discovered. */
  readonly key?: string;
  readonly definition?: string | undefined;
  readonly connector: Connector<unknown>;
  readonly title: string;
  readonly settings: unknown;
  readonly warnings: readonly string[];
}

/** Connections are known by their title, so that ids, positions and the journal survive a restart. */
export function createConnections(
  connectors: readonly Connector<unknown>[],
  settings: SettingsKeeper,
  ports: Ports,
): Connections {
  const open = new Map<string, LiveConnection>();
  const known = new Map<string, Candidate>();
  const changes = createPulse();
  const discoveries = createPulse();
  /** What connections that were discovered were opened with, by their ids. */
  const opened = new Map<string, { readonly key: string; definition: string | undefined }>();
  let following = false;
  const typed = createTypedConnections(connectors, settings, ports.vault);
  const programs = createPrograms(settings, ports);
  const closed = new AbortController();
  void relayQuestions();
  void followEnvironments();

  function environmentOf(title: string): Environment {
    return settings.current.environments[title] ?? guessEnvironment(title);
  }

  /** Marked anew, or left to the guess again, wherever that was said. */
  async function followEnvironments(): Promise<void> {
    for (let seen = settings.changes.count; ;) {
      try {
        seen = await settings.changes.after(seen, closed.signal);
      } catch {
        return;
      }
      const moved = [...open.values()].filter(
        ({ title, environment }) => environmentOf(title) !== environment,
      );
      for (const connection of moved) connection.environment = environmentOf(connection.title);
      if (moved.length > 0) changes.bump();
    }
  }

  function get(id: string): LiveConnection {
    const connection = open.get(id);
    if (connection === undefined) throw new Refusal('REFUSED', 'That connection is closed.');
    return connection;
  }

  async function begin(candidate: Candidate, extra: object, rehearsal: boolean): Promise<string> {
    const id = connectionIdOf(candidate.title);
    refuseTaken(id, candidate);
    // Two requests at once: whichever opens last closes the other, and none stays open unseen.
    for (let before = open.get(id); before !== undefined; before = open.get(id)) {
      open.delete(id);
      await before[Symbol.asyncDispose]();
    }
    const connection = openConnection(
      {
        id,
        title: candidate.title,
        connector: candidate.connector,
        settings: { ...(candidate.settings as object), ...extra },
        rehearsal,
        environment: environmentOf(candidate.title),
        warnings: candidate.warnings,
      },
      connectors,
      ports,
      programs,
    );
    open.set(id, connection);
    if (candidate.key === undefined) opened.delete(id);
    else opened.set(id, { key: candidate.key, definition: candidate.definition });
    void relay(connection);
    changes.bump();
    return id;
  }

  /** Opened again, a connection takes its own place; another system's of the same name would be closed unasked. */
  function refuseTaken(id: string, { connector, title }: Candidate): void {
    const before = open.get(id)?.state();
    if (before !== undefined && before.connector !== connector.id)
      throw new Refusal(
        'REFUSED',
        `A connection named ${title} is open already, to ${before.peer?.product ?? before.connector}. Close it first, or give another name.`,
      );
  }

  /** A full disk keeps nobody from looking: it is open all the same, and says so. */
  function sayForgotten(id: string, thrown: unknown): void {
    const cause = thrown instanceof Refusal ? (thrown.cause ?? thrown) : thrown;
    const connection = open.get(id);
    if (connection === undefined) return;
    connection.forgotten = `It is open, but not remembered, so the next start does not know it. See whether the disk is full. ${sayError(cause, 'Remembering it')}.`;
    changes.bump();
  }

  async function relay(connection: LiveConnection): Promise<void> {
    let seen = 0;
    while (!connection.closed.aborted) {
      try {
        seen = await connection.changes.after(seen, connection.closed);
      } catch {
        return;
      }
      changes.bump();
    }
  }

  function hostOf(): ConnectorHost {
    const { clock, random, log, ownPorts } = ports;
    return { connectionId: 'discovery', clock, random, log, ownPorts, lent: {} };
  }

  /** From the first look on: what can be connected to changes while Podium runs. */
  function followDiscoveries(): void {
    if (following) return;
    following = true;
    for (const connector of connectors) if (connector.follow !== undefined) void followOne(connector.follow);
  }

  async function followOne(follow: NonNullable<Connector<unknown>['follow']>): Promise<void> {
    for await (const _ of follow(hostOf(), closed.signal)) {
      await discover();
      takeUp();
      discoveries.bump();
    }
  }

  /** What is open and leads elsewhere by now is opened anew; what is gone stays, and says so. */
  function takeUp(): void {
    for (const [id, was] of opened) {
      const connection = open.get(id);
      if (connection === undefined) {
        opened.delete(id);
        continue;
      }
      const now = known.get(was.key);
      connection.isGone = now === undefined;
      if (now === undefined || now.definition === was.definition) continue;
      was.definition = now.definition;
      ports.log.info('a connection is opened anew: it leads elsewhere by now', { connection: id });
      // Whoever unlocked it meant the place where it led then.
      connection.locked = true;
      connection.lookAgain();
    }
    changes.bump();
  }

  /** Whoever was open already and waits to log in anew begins again once it may; the others wait for that themselves. */
  async function relayQuestions(): Promise<void> {
    const waiting = new Set<string>();
    for (let seen = 0; ;) {
      try {
        seen = await programs.changes.after(seen, closed.signal);
      } catch {
        return;
      }
      for (const [id, connection] of open) {
        if (programs.question(id) !== null) waiting.add(id);
        else if (waiting.delete(id) && connection.sources.length > 0) connection.lookAgain();
      }
      changes.bump();
    }
  }

  function connectorOf(id: string): Connector<unknown> {
    const connector = connectors.find((candidate) => candidate.id === id);
    if (connector === undefined) throw new Refusal('REFUSED', `This Podium has no connector named ${id}.`);
    return connector;
  }

  /** Nobody who looks for connections waits for a keyring; what it gives is told as a discovery. */
  async function recallSecrets(): Promise<void> {
    if (await typed.recall()) discoveries.bump();
  }

  async function discover(): Promise<Discovery> {
    const discovery: Discovery = { candidates: typed.candidates(environmentOf), problems: [], notes: [] };
    for (const connector of connectors) {
      if (connector.discover === undefined) continue;
      try {
        const found = await connector.discover(hostOf());
        discovery.problems.push(...found.problems);
        discovery.notes.push(...(found.notes ?? []));
        for (const [key, gone] of known) if (gone.connector === connector) known.delete(key);
        for (const one of found.candidates) {
          const { title, detail, settings: given, current, definition, problem, warnings } = one;
          const key = `${connector.id}:${title}`;
          known.set(key, { key, definition, connector, title, settings: given, warnings });
          discovery.candidates.push({
            connector: connector.id,
            key,
            title,
            detail,
            environment: environmentOf(title),
            current,
            problem,
            warnings: [...warnings],
            typed: null,
          });
        }
      } catch (thrown) {
        discovery.problems.push(sayError(thrown, `Looking for ${connector.title} connections`));
      }
    }
    return discovery;
  }

  return {
    changes,
    discoveries,
    open,
    states: () => [...open.values()].map((connection) => connection.state()),
    typed,
    recallSecrets,
    discover() {
      followDiscoveries();
      void recallSecrets();
      return discover();
    },
    async openByKey(key, options) {
      const candidate = known.get(key);
      if (candidate === undefined)
        throw new Refusal('REFUSED', 'That connection is not known any more. Look for connections again.');
      const extra = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
      return begin(candidate, extra, false);
    },
    async openTyped(asked) {
      const id = await begin(typed.read(asked), {}, false);
      await typed.remember(asked).catch((thrown: unknown) => sayForgotten(id, thrown));
      return id;
    },
    async openRehearsal() {
      const systems = await ports.rehearsal.start().catch((thrown: unknown) => {
        throw new Refusal('PEER', sayError(thrown, 'Starting the rehearsal'));
      });
      const ids: string[] = [];
      for (const { connector, title, settings: given } of systems) {
        const candidate = { connector: connectorOf(connector), title, settings: given, warnings: [] };
        ids.push(await begin(candidate, {}, true));
      }
      const [first] = ids;
      if (first === undefined) throw new Refusal('PEER', 'The rehearsal has nothing to connect to.');
      return first;
    },
    async close(id) {
      const connection = get(id);
      open.delete(id);
      await connection[Symbol.asyncDispose]();
      changes.bump();
    },
    setLocked(id, locked) {
      get(id).locked = locked;
      ports.log.info(locked ? 'connection locked' : 'connection unlocked', { connection: id });
      changes.bump();
    },
    async setEnvironment(id, environment) {
      const { title } = get(id);
      await settings.write(({ environments }) => ({
        environments: { ...environments, [title]: environment },
      }));
    },
    lookAgain(id) {
      get(id).lookAgain();
    },
    allowProgram: (id, fingerprint) => programs.allow(id, fingerprint),
    revokeProgram: (fingerprint) => programs.revoke(fingerprint),
    async forgetAll(title) {
      const id = connectionIdOf(title);
      if (open.has(id)) throw new Refusal('REFUSED', `${title} is open. Close it first, then forget it.`);
      await settings.write((all) => withoutConnection(all, title));
      await typed.forget(title);
      await ports.pictures.forget(title);
      ports.log.info('a connection was forgotten', { connection: id });
    },
    async [Symbol.asyncDispose]() {
      closed.abort(new Error('closed'));
      const all = [...open.values()];
      open.clear();
      await Promise.allSettled(all.map((connection) => connection[Symbol.asyncDispose]()));
    },
  };
}
