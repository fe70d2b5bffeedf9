import { fewAtOnce } from '../kit/fewAtOnce.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import type { Picture } from '../kit/followChanges.ts';
import { PeerError } from '../kit/peerError.ts';
import type { SourceHealth } from '../kit/reading.ts';
import { createRounds } from '../kit/rounds.ts';
import { type InstanceName, type NacosApi, pageSize, type ServiceName } from './api.ts';
import { instanceUid, serviceUid, titlesOf } from './names.ts';
import {
  instanceOf,
  instancesOf,
  type Namespace,
  namespacesOf,
  type Registered,
  type Summary,
  summaryOf,
} from './shapes.ts';

/** A service with what is registered of it. */
export interface KnownService {
  readonly service: ServiceName;
  readonly instances: readonly Registered[];
}

/** What one Nacos registers, followed until the session closes. */
export interface Registry extends AsyncDisposable {
  readonly api: NacosApi;
  readonly host: ConnectorHost;
  /** Null before the first reading. */
  readonly services: readonly KnownService[] | null;
  readonly problems: readonly string[];
  readonly health: SourceHealth;
  /** What the namespace is called on the map. */
  titleOf(namespaceId: string): string;
  /** Ids of the namespaces that are looked at. */
  namespaceIds(signal: AbortSignal): Promise<readonly string[]>;
  find(uid: string): Registered | null;
  /** Reads the instances of a service at once instead of at its turn. */
  hurry(service: ServiceName): void;
  follow<Value>(picture: Picture<Value>, heard: () => void, signal: AbortSignal): AsyncIterable<Value>;
}

const everyMs = 5_000;
const hurriedMs = 500;
/** Lists tell which services changed in number or health; of the others so many are read anew each round, in turn. */
const inTurn = 4;
const atOnce = 4;
const mostServices = 2_000;
const mostPages = 20;
const namespacesEveryMs = 60_000;

interface Kept {
  readonly service: ServiceName;
  mark: string | null;
  /** Null before they were read. */
  instances: readonly Registered[] | null;
  unread: number;
  readAt: number;
}

export function createRegistry(
  api: NacosApi,
  scope: {
    /** Null for all. */
    readonly namespaces: readonly string[] | null;
    /** False where it keeps configuration alone: then nothing is followed. */
    readonly naming: boolean;
  },
  host: ConnectorHost,
): Registry {
  const { clock } = host;
  const kept = new Map<string, Kept>();
  const hurried = new Set<string>();
  let namespaces: readonly Namespace[] | null = null;
  let namespacesAt = -Infinity;
  let titles: ReadonlyMap<string, string> = new Map();
  let isRead = false;
  let listProblems: readonly string[] = [];

  async function readNamespaces(signal: AbortSignal): Promise<readonly string[]> {
    if (namespaces === null || clock.now() - namespacesAt >= namespacesEveryMs) {
      namespaces = namespacesOf(await api.namespaces(signal));
      namespacesAt = clock.now();
      titles = titlesOf(namespaces);
    }
    return scope.namespaces ?? namespaces.map(({ id }) => id);
  }

  /** All services, as far as Podium reads them. */
  async function readLists(signal: AbortSignal): Promise<Summary[]> {
    const found: Summary[] = [];
    const problems: string[] = [];
    let unread = 0;
    for (const namespaceId of await readNamespaces(signal)) {
      let seen = 0;
      for (let page = 1; page <= mostPages && found.length < mostServices; page += 1) {
        const { items, total } = await api.services(namespaceId, page, signal);
        const read = items.flatMap((one) => summaryOf(one, namespaceId) ?? []);
        unread += items.length - read.length;
        found.push(...read);
        seen += items.length;
        if (items.length < pageSize || seen >= total) break;
      }
    }
    if (found.length > mostServices) {
      problems.push(
        `More than ${mostServices} services are registered: only the first ${mostServices} are read. Choose namespaces.`,
      );
      found.length = mostServices;
    }
    if (unread > 0) problems.push(`${unread} services are not told as Nacos should and are left out.`);
    listProblems = problems;
    return found;
  }

  function takeLists(found: readonly Summary[]): Kept[] {
    const present = new Set<string>();
    const due: Kept[] = [];
    const rest: Kept[] = [];
    for (const { service, mark } of found) {
      const uid = serviceUid(service);
      present.add(uid);
      const known = kept.get(uid) ?? { service, mark, instances: null, unread: 0, readAt: -Infinity };
      kept.set(uid, known);
      (known.instances === null || known.mark !== mark || hurried.has(uid) ? due : rest).push(known);
      known.mark = mark;
    }
    for (const uid of kept.keys()) if (!present.has(uid)) kept.delete(uid);
    hurried.clear();
    rest.sort((a, b) => a.readAt - b.readAt);
    return [...due, ...rest.slice(0, inTurn)];
  }

  async function readInstances(one: Kept, signal: AbortSignal): Promise<void> {
    const data = await api.instances(one.service, signal).catch((error: unknown) => {
      // It went between the list and this.
      if (error instanceof PeerError && error.kind === 'notFound') return [];
      throw error;
    });
    const { all, unread } = instancesOf(data, one.service);
    const gone = api.unlisted === null ? [] : await readUnlisted(one, all, signal);
    one.instances = [...all, ...gone];
    one.unread = unread;
    one.readAt = clock.now();
  }

  /** Nacos 2 leaves out what is out of service; what was listed before and is still registered must be that. */
  async function readUnlisted(
    one: Kept,
    listed: readonly Registered[],
    signal: AbortSignal,
  ): Promise<Registered[]> {
    const uids = new Set(listed.map(instanceUid));
    const missing = (one.instances ?? []).filter((before) => !uids.has(instanceUid(before)));
    const found = await Promise.all(missing.slice(0, 50).map((before) => readHidden(api, before, signal)));
    return found.flatMap((each) => each ?? []);
  }

  async function round(signal: AbortSignal): Promise<void> {
    await fewAtOnce(
      takeLists(await readLists(signal)),
      async (one) => {
        if (!signal.aborted) await readInstances(one, signal);
      },
      atOnce,
    );
    signal.throwIfAborted();
    isRead = true;
  }

  const rounds = createRounds(host, {
    everyMs,
    tried: 'Reading what is registered',
    round: scope.naming ? round : null,
    soonMs: () => (hurried.size > 0 ? hurriedMs : null),
  });
  const all = (): KnownService[] =>
    [...kept.values()].flatMap(({ service, instances }) =>
      instances === null ? [] : [{ service, instances }],
    );

  return {
    api,
    host,
    get services() {
      return isRead ? all() : null;
    },
    get problems() {
      const unread = [...kept.values()].reduce((sum, one) => sum + one.unread, 0);
      return unread === 0
        ? listProblems
        : [...listProblems, `${unread} instances are not told as Nacos should and are left out.`];
    },
    get health() {
      return rounds.health;
    },
    titleOf: (namespaceId) => titles.get(namespaceId) ?? namespaceId,
    namespaceIds: readNamespaces,
    find: (uid) =>
      all()
        .flatMap(({ instances }) => instances)
        .find((one) => instanceUid(one) === uid) ?? null,
    hurry(service) {
      hurried.add(serviceUid(service));
      rounds.wake();
    },
    follow: rounds.follow,
    [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose](),
  };
}

/** An instance that the list left out, if it is registered still: then it is out of service. Null where it is gone. */
export async function readHidden(
  { unlisted }: NacosApi,
  name: InstanceName,
  signal: AbortSignal,
): Promise<Registered | null> {
  if (unlisted === null) return null;
  try {
    const found = instanceOf(await unlisted(name, signal), name.service);
    return found === null ? null : { ...found, enabled: false };
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  }
}
