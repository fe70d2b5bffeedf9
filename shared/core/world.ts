import { parseEntityId } from '../analysis/entityIds.ts';
import type { FoldedSignals } from '../analysis/foldSignals.ts';
import type { FoldedTopology } from '../analysis/foldTopology.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { InstanceObservation } from '../model/topology.ts';
import type { Split } from '../model/weights.ts';
import type { Connections } from './connections.ts';
import { createLastPictures } from './lastPictures.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';
import { createPulse, type Pulse } from './pulse.ts';
import type { SettingsKeeper } from './settings.ts';
import type { SplitChange } from './splitChanges.ts';
import { createSignalsFeed, type Pace, type SignalsFeed } from './signalsFeed.ts';

/** The window of figures on the map unless a window asks for another. */
export const defaultWindowSeconds = 60;
/** A call stays on the map this long after it was last seen; its figures do not. */
const rememberCallsMs = 15 * 60_000;

/** Everything that is shown of all open connections, put together. */
export interface World extends Disposable {
  readonly changes: Pulse;
  readonly connections: Connections;
  connectionOf(entityId: string): LiveConnection | undefined;
  service(id: string): GraphService | undefined;
  instances(serviceId: string): InstanceObservation[];
  graph(): { services: GraphService[]; calls: GraphCall[]; problems: string[] };
  splits(): Split[];
  /** Whose changes of a connection's splits were seen, also before the latest of each. */
  splitChanges(connection: LiveConnection): SplitChange[];
  feed(connection: LiveConnection, windowSeconds: number): SignalsFeed;
  /** Holds the feeds of all connections, also of those opened later, until released. */
  holdAll(windowSeconds: number, pace: Pace): () => void;
  latest(connection: LiveConnection, windowSeconds?: number): SignalsFeed['latest'];
}

interface Remembered {
  readonly calls: Map<string, { call: GraphCall; seenAt: number }>;
  readonly extras: Map<string, { service: GraphService; seenAt: number }>;
  folded: FoldedSignals | null;
}

/** Somebody's hold on the figures of all connections. */
interface Hold {
  readonly windowSeconds: number;
  readonly pace: Pace;
  readonly held: Map<LiveConnection, () => void>;
}

export function createWorld(connections: Connections, settings: SettingsKeeper, ports: Ports): World {
  const changes = createPulse();
  const feeds = new Map<LiveConnection, Map<number, SignalsFeed>>();
  const memory = new Map<LiveConnection, Remembered>();
  const holds = new Set<Hold>();

  const pictures = createLastPictures(ports, changes, settings);

  const stop = new AbortController();
  relayConnections().catch((thrown: unknown) => {
    if (!stop.signal.aborted) ports.log.error('the map does not follow any more', { why: String(thrown) });
  });

  relaySettings().catch(() => undefined);

  /** Which services are one, and when they are healthy, is the operator's to say. */
  async function relaySettings(): Promise<void> {
    for (let seen = settings.changes.count; ;) {
      seen = await settings.changes.after(seen, stop.signal);
      changes.bump();
    }
  }

  async function relayConnections(): Promise<void> {
    let seen = 0;
    for (;;) {
      seen = await connections.changes.after(seen, stop.signal);
      dropClosed();
      for (const connection of connections.open.values()) pictures.follow(connection);
      for (const hold of holds) holdMissing(hold);
      changes.bump();
    }
  }

  function dropClosed(): void {
    for (const [connection, byWindow] of feeds) {
      if (!connection.closed.aborted) continue;
      for (const feed of byWindow.values()) feed[Symbol.dispose]();
      feeds.delete(connection);
      for (const hold of holds) hold.held.delete(connection);
    }
    for (const connection of memory.keys()) if (connection.closed.aborted) memory.delete(connection);
  }

  function holdMissing(hold: Hold): void {
    for (const connection of connections.open.values()) {
      if (!hold.held.has(connection))
        hold.held.set(connection, feedOf(connection, hold.windowSeconds).hold(hold.pace));
    }
  }

  function feedOf(connection: LiveConnection, windowSeconds: number): SignalsFeed {
    const byWindow = feeds.get(connection) ?? new Map<number, SignalsFeed>();
    feeds.set(connection, byWindow);
    let feed = byWindow.get(windowSeconds);
    if (feed === undefined) {
      feed = createSignalsFeed(connection, windowSeconds, () => settings.current, ports);
      byWindow.set(windowSeconds, feed);
      void relayFeed(feed, connection);
    }
    return feed;
  }

  async function relayFeed(feed: SignalsFeed, connection: LiveConnection): Promise<void> {
    let seen = feed.changes.count;
    while (!connection.closed.aborted) {
      try {
        seen = await feed.changes.after(seen, connection.closed);
      } catch {
        return;
      }
      changes.bump();
    }
  }

  function newest(connection: LiveConnection, windowSeconds?: number): SignalsFeed['latest'] {
    const byWindow = feeds.get(connection);
    if (byWindow === undefined) return null;
    const preferred = byWindow.get(windowSeconds ?? defaultWindowSeconds)?.latest;
    return preferred ?? [...byWindow.values()].find((feed) => feed.latest !== null)?.latest ?? null;
  }

  function remember(connection: LiveConnection): Remembered {
    const remembered = memory.get(connection) ?? { calls: new Map(), extras: new Map(), folded: null };
    memory.set(connection, remembered);
    const folded = newest(connection)?.folded ?? null;
    if (folded === null || folded === remembered.folded) return remembered;
    remembered.folded = folded;
    const now = ports.clock.now();
    for (const call of folded.calls) remembered.calls.set(call.id, { call, seenAt: now });
    for (const service of folded.extraServices) remembered.extras.set(service.id, { service, seenAt: now });
    for (const known of [remembered.calls, remembered.extras]) {
      for (const [id, { seenAt }] of known) if (now - seenAt > rememberCallsMs) known.delete(id);
    }
    return remembered;
  }

  /** Calls that were seen, with what declares them, and those that are only declared. */
  function callsOf(connection: LiveConnection): GraphCall[] {
    const declared = new Map(connection.topology().calls.map((call) => [call.id, call]));
    const seen = [...remember(connection).calls.values()].map(({ call }) => {
      const also = declared.get(call.id)?.declared;
      declared.delete(call.id);
      return also === undefined ? call : { ...call, declared: also };
    });
    return [...seen, ...declared.values()];
  }

  function splitsOf(connection: LiveConnection): Split[] {
    const topology = connection.topology();
    return connection.splits
      .filter((split) => split.destinations.length > 1)
      .map((split) => ({ ...split, serviceId: serviceOfSplit(split, topology) }));
  }

  function servicesOf(connection: LiveConnection): readonly GraphService[] {
    const last = pictures.standIn(connection);
    if (last !== null) return last.services;
    const { services } = connection.topology();
    const ids = new Set(services.map((service) => service.id));
    const extras = [...remember(connection).extras.values()].map(({ service }) => service);
    return [...services, ...extras.filter((extra) => !ids.has(extra.id))];
  }

  return {
    changes,
    connections,
    connectionOf(entityId) {
      const key = parseEntityId(entityId);
      return key === null ? undefined : connections.open.get(key.connectionId);
    },
    service(id) {
      const connection = this.connectionOf(id);
      return connection === undefined
        ? undefined
        : servicesOf(connection).find((service) => service.id === id);
    },
    instances(serviceId) {
      const connection = this.connectionOf(serviceId);
      if (connection === undefined) return [];
      const topology = connection.topology();
      return connection
        .observations()
        .flatMap((part) => part.instances)
        .filter((instance) => topology.serviceOfInstance(instance.namespace, instance.name) === serviceId);
    },
    graph() {
      const services: GraphService[] = [];
      const calls: GraphCall[] = [];
      const problems: string[] = [];
      for (const connection of connections.open.values()) {
        const own = servicesOf(connection);
        const ids = new Set(own.map((service) => service.id));
        const last = pictures.standIn(connection);
        const known = last?.calls ?? callsOf(connection);
        const ownCalls = known.filter((call) => ids.has(call.callerId) && ids.has(call.calleeId));
        services.push(...own);
        calls.push(...ownCalls);
        if (last === null) pictures.keep(connection, own, ownCalls);
        else problems.push(pictures.say(connection, last));
        problems.push(...connection.topology().problems.map((problem) => `${connection.title}: ${problem}`));
      }
      return { services, calls, problems };
    },
    splits: () => [...connections.open.values()].flatMap(splitsOf),
    splitChanges(connection) {
      const topology = connection.topology();
      return connection.splitChanges
        .filter(({ split }) => split.destinations.length > 1)
        .map((one) => ({
          ...one,
          split: { ...one.split, serviceId: serviceOfSplit(one.split, topology) },
        }));
    },
    feed: feedOf,
    holdAll(windowSeconds, pace) {
      const hold: Hold = { windowSeconds, pace, held: new Map() };
      holds.add(hold);
      holdMissing(hold);
      return () => {
        holds.delete(hold);
        for (const release of hold.held.values()) release();
      };
    },
    latest: newest,
    [Symbol.dispose]: () => stop.abort(new Error('closed')),
  };
}

function serviceOfSplit(split: Split, topology: FoldedTopology): string | null {
  const { destinations, hosts } = split;
  const behind = [...new Set(destinations.map(({ host }) => host))];
  // Where calls are divided over several services, the split is of the one that callers mean.
  for (const host of behind.length > 1 ? [...hosts, ...behind] : [...behind, ...hosts]) {
    const id = topology.serviceOfHost(host);
    if (id !== null) return id;
  }
  return null;
}
