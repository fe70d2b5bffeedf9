import { anySignal } from '../../kit/anySignal.ts';
import { fewAtOnce } from '../../kit/fewAtOnce.ts';
import type { ConnectorHost } from '../../kit/connector.ts';
import { createNotice, nextRing } from '../../kit/notice.ts';
import { sayError } from '../../kit/peerError.ts';
import type { EnvoyApi } from '../api.ts';
import { readClusters } from '../held.ts';
import { targetOf } from '../names.ts';
import type { AskedProxy, Proxies, SilentProxy } from '../proxies.ts';
import { markersIn, readRuntime, type Runtime } from './runtime.ts';

/** One proxy as last read. */
export interface Member {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty where nobody could tell yet. */
  readonly service: string;
  /** Null where only a port-forward leads there. */
  readonly address: string | null;
  /** Null while it does not answer. */
  readonly api: EnvoyApi | null;
  /** One run of the process. */
  readonly life: string;
  readonly readAt: number;
  /** Null while it could not be read. */
  readonly runtime: Runtime | null;
  /** Those that lead somewhere. */
  readonly clusters: readonly string[];
  readonly problem: string | null;
}

/** Proxies that can be told something while they run. */
export interface ProxyFleet extends AsyncDisposable {
  readonly host: ConnectorHost;
  members(): readonly Member[];
  /** Asks those that are concerned now, as far as it is known who they are; the others stay as last read. */
  look(signal: AbortSignal, isConcerned: (member: Member) => boolean): Promise<readonly Member[]>;
  /** Resolves after each reading. */
  changed(signal: AbortSignal): Promise<void>;
  /** Called after each round of reading. */
  readonly afterRound: Set<() => Promise<void>>;
  /** Whom something is held in, null where nothing is: those are asked in rounds, and those that tell of a trip. */
  readonly held: Set<() => ((member: Member) => boolean) | null>;
  /** Begins a round where none is due. */
  wake(): void;
}

const everyMs = 5_000;
/** More than these are not asked in rounds only because somebody looks at them. */
const mostLookedAt = 40;
/** Starts are known to about a second on both ends. */
const sameRunMs = 3_000;

/** Tells of a trip, or nobody knows yet whose it is. */
const mayConcern = ({ service, runtime }: Member): boolean =>
  service === '' || (runtime !== null && markersIn(runtime).length > 0);

/**
 * All are asked once at the start. `isLookedAt` tells whether somebody looks at them anyway: else each asking costs others
 * something, and they are left alone.
 */
export function createProxyFleet(proxies: Proxies, host: ConnectorHost, isLookedAt: boolean): ProxyFleet {
  const { clock } = host;
  const closing = new AbortController();
  const listeners = new Set<() => void>();
  const afterRound = new Set<() => Promise<void>>();
  const held: ProxyFleet['held'] = new Set();
  const due = createNotice();
  const lives = new Map<string, number>();
  let known = new Map<string, Member>();

  function lifeOf(place: string, startedAt: number): string {
    const before = lives.get(place);
    if (before === undefined || Math.abs(before - startedAt) >= sameRunMs) lives.set(place, startedAt);
    return `${lives.get(place) ?? startedAt}`;
  }

  async function read(proxy: AskedProxy, signal: AbortSignal): Promise<Member> {
    const readAt = clock.now();
    const { place, known: about, api, startedAt, address } = proxy;
    const member = {
      uid: place,
      namespace: about.namespace,
      name: about.instance,
      service: about.service,
      address,
      api,
      life: lifeOf(place, startedAt),
      readAt,
    };
    try {
      const [runtime, statuses] = await Promise.all([api.runtime(signal), api.clusters(signal)]);
      const clusters = (readClusters(statuses) ?? []).map(({ name }) => name);
      return {
        ...member,
        runtime: readRuntime(runtime),
        clusters: clusters.filter((name) => targetOf(name) !== null),
        problem: null,
      };
    } catch (error) {
      signal.throwIfAborted();
      return { ...member, runtime: null, clusters: [], problem: sayError(error, 'Reading its runtime') };
    }
  }

  /** Who it was when it answered; one that never did may be anybody's. */
  function silentOf({ place, known: about, why, address }: SilentProxy): Member {
    const before = known.get(place);
    return {
      uid: place,
      namespace: before?.namespace ?? about.namespace,
      name: before?.name ?? about.instance,
      service: before?.service ?? about.service,
      address,
      api: null,
      life: before?.life ?? '',
      readAt: clock.now(),
      runtime: null,
      clusters: [],
      problem: why,
    };
  }

  const members = (): Member[] => [...known.values()].sort((a, b) => a.uid.localeCompare(b.uid, 'en'));

  async function look(
    outer: AbortSignal,
    isConcerned: (member: Member) => boolean,
  ): Promise<readonly Member[]> {
    const signal = anySignal([outer, closing.signal]);
    const { asked, silent, unasked } = await proxies.read(signal, (place) => {
      const member = known.get(place);
      return member === undefined || mayConcern(member) || isConcerned(member);
    });
    const all = [
      ...(await fewAtOnce(asked, (proxy) => read(proxy, signal))),
      ...silent.map(silentOf),
      ...unasked.flatMap((place) => known.get(place) ?? []),
    ];
    // Of two that were under way at once, the one that began later knows more.
    const newer = (one: Member): Member => {
      const other = known.get(one.uid);
      return other !== undefined && other.readAt > one.readAt ? other : one;
    };
    known = new Map(all.map((one) => [one.uid, newer(one)]));
    listeners.forEach((listener) => listener());
    return members();
  }

  /** Whom the next round asks; null where none is due. */
  function inRounds(): ((member: Member) => boolean) | null {
    if (isLookedAt && known.size <= mostLookedAt) return () => true;
    const each = [...held].flatMap((says) => says() ?? []);
    const isAny =
      each.length > 0 || [...known.values()].some((one) => one.runtime !== null && mayConcern(one));
    return isAny ? (member) => each.some((says) => says(member)) : null;
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let whom: ReturnType<typeof inRounds> = () => true; !signal.aborted; whom = inRounds()) {
      await look(signal, whom ?? (() => false)).catch(() => undefined);
      if (signal.aborted) return;
      for (const after of afterRound)
        await after().catch((error: unknown) =>
          host.log.warn('holding limits failed', { why: sayError(error, 'Holding them') }),
        );
      await (inRounds() === null ? due.heard(signal) : clock.sleep(everyMs, signal)).catch(() => undefined);
    }
  }
  const running = run(closing.signal);

  return {
    host,
    members,
    look,
    changed: (signal) => nextRing(listeners, anySignal([signal, closing.signal])),
    afterRound,
    held,
    wake: due.ring,
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the connection was closed'));
      await running;
    },
  };
}
