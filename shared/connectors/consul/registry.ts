import type { ConnectorHost } from '../kit/connector.ts';
import { followAmong, type Picture } from '../kit/followChanges.ts';
import { untilRung } from '../kit/notice.ts';
import { PeerError } from '../kit/peerError.ts';
import type { SourceHealth } from '../kit/reading.ts';
import type { Answer } from './answers.ts';
import { type ConsulApi, type EntryKind, entryKinds, type Newer } from './api.ts';
import { followIndex } from './blocking.ts';
import { readNodes, type Registered } from './catalog.ts';
import { type Entry, readEntries, readEntry } from './entries.ts';
import { type Instance, instancesOf } from './instances.ts';

/** Something followed by one blocking query. */
export interface View<Value> {
  /** As last read; null before the first answer. */
  readonly value: Value | null;
  readonly health: SourceHealth;
  /** It was read, or failed to be, at least once. */
  readonly settled: boolean;
}

export interface Catalog {
  readonly all: readonly Registered[];
  readonly instances: readonly Instance[];
  readonly unread: number;
  /** The token may not see all of it. */
  readonly filtered: boolean;
}

/** What one data centre registers and configures, followed until the session closes. */
export interface Registry extends AsyncDisposable {
  readonly api: ConsulApi;
  readonly host: ConnectorHost;
  readonly datacenter: string;
  readonly catalog: View<Catalog>;
  entries(kind: EntryKind): readonly Entry[];
  entriesView(kind: EntryKind): View<readonly Entry[]>;
  /** As the leader has it now. Throws `PeerError`, `notFound` where there is none. */
  fresh(kind: EntryKind, name: string, signal: AbortSignal): Promise<Entry>;
  /** Yields a picture of these now and whenever it is another one; `heard` is called at each change of any of them. */
  follow<Value>(picture: Picture<Value>, heard: () => void, signal: AbortSignal): AsyncIterable<Value>;
  /** Resolves when each view has settled. */
  ready(signal: AbortSignal): Promise<void>;
}

export function createRegistry(api: ConsulApi, datacenter: string, host: ConnectorHost): Registry {
  const closing = new AbortController();
  const listeners = new Set<() => void>();
  const ring = (): void => listeners.forEach((listener) => listener());
  const running: Promise<void>[] = [];

  function open<Value>(
    tried: string,
    read: (newer: Newer, signal: AbortSignal) => Promise<Answer>,
    take: (answer: Answer) => Value,
  ): View<Value> {
    const view: { value: Value | null; health: SourceHealth; settled: boolean } = {
      value: null,
      health: { ok: true, at: host.clock.now() },
      settled: false,
    };
    const onHealth = (health: SourceHealth): void => {
      const turned = health.ok !== view.health.ok || !view.settled;
      view.health = health;
      // A first good answer settles when its body is taken down, which follows at once.
      if (!health.ok) view.settled = true;
      if (turned || !health.ok) ring();
    };
    running.push(
      (async () => {
        for await (const answer of followIndex({ tried, read }, host, onHealth, closing.signal)) {
          view.value = take(answer);
          view.settled = true;
          ring();
        }
      })(),
    );
    return view;
  }

  const catalog = open('Reading nodes and services', api.nodes, ({ body, meta }): Catalog => {
    const { all, unread } = readNodes(body);
    return { all, instances: instancesOf(all), unread, filtered: meta.filteredByAcls };
  });
  const entryViews = new Map(
    entryKinds.map((kind) => [
      kind,
      open(
        `Reading ${kind} entries`,
        (newer, signal) => api.entries(kind, newer, signal),
        ({ body }): readonly Entry[] => readEntries(kind, body),
      ),
    ]),
  );
  const views: readonly View<unknown>[] = [catalog, ...entryViews.values()];

  const entriesView = (kind: EntryKind): View<readonly Entry[]> => {
    const view = entryViews.get(kind);
    if (view === undefined) throw new Error(`${kind} entries are not followed here`);
    return view;
  };

  const isReady = (): boolean => views.every((view) => view.settled);

  return {
    api,
    host,
    datacenter,
    catalog,
    entriesView,
    entries: (kind) => entriesView(kind).value ?? [],
    async fresh(kind, name, signal) {
      const entry = readEntry(kind, await api.entry(kind, name, signal));
      if (entry !== null) return entry;
      throw new PeerError('notThePeer', `${kind} ${name} is not shaped like a config entry of Consul’s.`);
    },
    follow: (picture, heard, signal) =>
      followAmong(listeners, picture, { heard, clock: host.clock, isReady }, signal),
    ready: (signal) => untilRung(listeners, isReady, signal),
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the connection was closed'));
      await Promise.allSettled(running);
    },
  };
}
