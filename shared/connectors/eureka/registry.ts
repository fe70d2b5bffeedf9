import type { ConnectorHost, InstanceFeed } from '../kit/connector.ts';
import type { Picture } from '../kit/followChanges.ts';
import { PeerError } from '../kit/peerError.ts';
import type { SourceHealth } from '../kit/reading.ts';
import { createRounds } from '../kit/rounds.ts';
import type { EurekaApi } from './api.ts';
import { type Applications, hashcodeOf, readApplications, type Registered } from './applications.ts';
import { reachableOf, uidOf } from './names.ts';

/** What one Eureka server hands to its clients, followed until the session closes. */
export interface Registry extends AsyncDisposable {
  readonly api: EurekaApi;
  readonly host: ConnectorHost;
  /** Null before the first answer. */
  readonly instances: readonly Registered[] | null;
  readonly unread: number;
  readonly health: SourceHealth;
  readonly feed: InstanceFeed;
  find(uid: string): Registered | null;
  /** Asks at once instead of at its next turn. */
  hurry(): void;
  follow<Value>(picture: Picture<Value>, heard: () => void, signal: AbortSignal): AsyncIterable<Value>;
}

/** Clients ask every 30 s; a console is to see a little sooner, and costs as little as one client. */
const everyMs = 5_000;
const hurriedMs = 500;
const hurriedLooks = 8;

export function createRegistry(api: EurekaApi, host: ConnectorHost): Registry {
  let known: Map<string, Registered> | null = null;
  let unread = 0;
  let hurried = 0;

  async function readAll(signal: AbortSignal): Promise<void> {
    const all = parsed(await api.applications(signal));
    known = new Map(all.instances.map((one) => [uidOf(one), one]));
    unread = all.unread;
  }

  /** Differences where the server gives them and they add up; else everything. */
  async function readNewer(before: ReadonlyMap<string, Registered>, signal: AbortSignal): Promise<void> {
    const delta = await api.delta(signal).catch((error: unknown) => {
      // A server can be told not to keep differences (eureka.server.disable-delta), and then answers 403.
      if (error instanceof PeerError && (error.kind === 'forbidden' || error.kind === 'notFound'))
        return null;
      throw error;
    });
    if (delta === null) return readAll(signal);
    const changes = parsed(delta);
    const after = new Map(before);
    for (const one of changes.instances)
      if (one.isGone) after.delete(uidOf(one));
      else after.set(uidOf(one), one);
    if (changes.unread > 0 || hashcodeOf(after.values()) !== changes.hashcode) return readAll(signal);
    known = after;
  }

  const rounds = createRounds(host, {
    everyMs,
    tried: 'Reading the registry',
    async round(signal) {
      try {
        await (known === null ? readAll(signal) : readNewer(known, signal));
      } finally {
        hurried = Math.max(0, hurried - 1);
      }
    },
    soonMs: () => (hurried > 0 ? hurriedMs : null),
  });

  return {
    api,
    host,
    get instances() {
      return known === null ? null : [...known.values()];
    },
    get unread() {
      return unread;
    },
    get health() {
      return rounds.health;
    },
    feed: {
      current: () => (known === null ? null : [...known.values()].flatMap((one) => reachableOf(one) ?? [])),
      changed: rounds.changed,
    },
    find: (uid) => known?.get(uid) ?? null,
    hurry() {
      hurried = hurriedLooks;
      rounds.wake();
    },
    follow: rounds.follow,
    [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose](),
  };
}

function parsed(body: unknown): Applications {
  const read = readApplications(body);
  if (read === null)
    throw new PeerError(
      'notThePeer',
      'What answers is not Eureka: it lists no applications. Check the path of the address.',
    );
  return read;
}
