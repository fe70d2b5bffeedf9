import type { OriginTransport } from '../http/originTransport.ts';
import { anySignal } from '../kit/anySignal.ts';
import { fewAtOnce } from '../kit/fewAtOnce.ts';
import { aheadOf } from '../kit/aheadOf.ts';
import { createBackoff } from '../kit/backoff.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import { nextRing } from '../kit/notice.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import { type CommandCentre, createCommandCentre } from './api.ts';
import { createMemberReader, type Kept, memberOf } from './member.ts';
import type { Member } from './member.ts';
import type { findPlaces } from './places.ts';

export type { Member } from './member.ts';

/** Reaches one command centre. */
export type Reach = (address: string) => Promise<OriginTransport>;

/** Every instance of every application, asked one by one. */
export interface Fleet extends AsyncDisposable {
  readonly host: ConnectorHost;
  members(): readonly Member[];
  of(app: string): readonly Member[];
  apps(): readonly string[];
  /** Names that could not be looked up, in words. */
  problems(): readonly string[];
  /** Asks all instances of an application now. */
  look(app: string, signal: AbortSignal): Promise<readonly Member[]>;
  /** Asks every instance now. */
  lookAtAll(signal: AbortSignal): Promise<readonly Member[]>;
  /** How far the clocks of the instances are ahead of this machine's; 0 while none told. */
  aheadMs(): number;
  /** The time of the instances, epoch ms: the median of their clocks; this machine's while none told. */
  now(): number;
  knowsTime(): boolean;
  /** The command centre of one instance. Throws `PeerError` where it cannot be reached. */
  centre(uid: string): Promise<CommandCentre>;
  /** What an instance last said of whether its data source took what was set. */
  noteKept(uid: string, kept: 'taken' | 'memoryOnly'): void;
  /** Resolves after each round. */
  changed(signal: AbortSignal): Promise<void>;
  /** Called after each round of reading. */
  readonly afterRound: Set<() => Promise<void>>;
  /** While one of these says so, instances are asked every second. */
  readonly inHurry: Set<() => boolean>;
}

const everyMs = 5_000;
const hurriedMs = 1_000;
/** Names and rules of which nothing hangs by seconds. */
const allEachRounds = 3;

export function createFleet(
  find: () => ReturnType<typeof findPlaces>,
  reach: Reach,
  host: ConnectorHost,
): Fleet {
  const { clock } = host;
  const closing = new AbortController();
  const kept = new Map<string, Kept>();
  const listeners = new Set<() => void>();
  const afterRound = new Set<() => Promise<void>>();
  const inHurry = new Set<() => boolean>();
  const backoff = createBackoff(clock.now, host.random.fraction);
  const reader = createMemberReader(clock, centreOf);
  let problems: readonly string[] = [];
  const ring = (): void => listeners.forEach((listener) => listener());

  async function takePlaces(): Promise<void> {
    const found = await find();
    problems = found.problems;
    // A name that nobody answers for at the moment takes no instance away.
    if (found.problems.length === 0) {
      const present = new Set(found.places.map(({ uid }) => uid));
      for (const [uid, one] of kept)
        if (!present.has(uid)) {
          kept.delete(uid);
          void one.centre?.then(({ retire }) => retire()).catch(() => undefined);
        }
    }
    for (const place of found.places) if (!kept.has(place.uid)) kept.set(place.uid, memberOf(place));
  }

  async function centreOf(one: Kept): Promise<CommandCentre> {
    one.centre ??= reach(one.place.address).then((transport) => ({
      ...createCommandCentre(transport),
      close: () => transport.close(),
      retire: () => transport.retire(),
    }));
    try {
      return await one.centre;
    } catch (error) {
      one.centre = null;
      throw error;
    }
  }

  async function readEach(all: readonly Kept[], everything: boolean, signal: AbortSignal): Promise<void> {
    await fewAtOnce(all, async (one) => {
      if (!signal.aborted) await reader.read(one, everything, signal);
    });
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted; round += 1) {
      const everything = round % allEachRounds === 0;
      if (everything) await takePlaces();
      const all = [...kept.values()];
      await readEach(all, everything, signal);
      if (signal.aborted) return;
      for (const after of afterRound)
        await after().catch((error: unknown) =>
          host.log.warn('holding rules failed', { why: sayError(error, 'Holding them') }),
        );
      ring();
      const isHurried = [...inHurry].some((says) => says());
      const silent = all.length > 0 && all.every(({ problem }) => problem !== null);
      const pauseMs = isHurried ? hurriedMs : silent ? Math.max(everyMs, backoff.nextMs()) : everyMs;
      await pause(pauseMs, signal);
    }
  }

  /** Until the next round, or until somebody begins to be in a hurry. */
  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    const wasHurried = ms === hurriedMs;
    for (let left = ms; left > 0 && !signal.aborted; left -= hurriedMs) {
      await clock.sleep(Math.min(left, hurriedMs), signal).catch(() => undefined);
      if (!wasHurried && [...inHurry].some((says) => says())) return;
    }
  }

  const running = run(closing.signal);
  /** Those who make trips and end them may sit at other machines: what they all see are the clocks of the instances. */
  const offset = (): number | null => {
    const all = [...kept.values()].flatMap(({ clockOffsetMs }) => clockOffsetMs ?? []).sort((a, b) => a - b);
    return all[Math.floor((all.length - 1) / 2)] ?? null;
  };
  const aheadMs = (): number => {
    const told = offset();
    return aheadOf(told === null ? null : clock.now() + told, clock.now());
  };
  const members = (): Member[] =>
    [...kept.values()].map(reader.view).sort((a, b) => a.uid.localeCompare(b.uid, 'en'));
  const of = (app: string): Member[] => members().filter((one) => one.app === app);

  async function lookAt(wanted: (one: Kept) => boolean, signal: AbortSignal): Promise<void> {
    if (kept.size === 0) await takePlaces();
    const either = anySignal([signal, closing.signal]);
    await readEach([...kept.values()].filter(wanted), true, either);
    signal.throwIfAborted();
    ring();
  }

  return {
    host,
    members,
    of,
    apps: () => [...new Set([...kept.values()].map(({ place }) => place.app))].sort(),
    problems: () => problems,
    async look(app, signal) {
      await lookAt(({ place }) => place.app === app, signal);
      return of(app);
    },
    async lookAtAll(signal) {
      await lookAt(() => true, signal);
      return members();
    },
    aheadMs,
    now: () => clock.now() + aheadMs(),
    knowsTime: () => offset() !== null,
    centre(uid) {
      const one = kept.get(uid);
      if (one === undefined) throw new PeerError('notFound', `${uid} is not among the instances any more.`);
      return centreOf(one);
    },
    noteKept(uid, how) {
      const one = kept.get(uid);
      if (one !== undefined) one.memoryOnlyAt = how === 'taken' ? null : clock.now();
    },
    changed: (signal) => nextRing(listeners, anySignal([signal, closing.signal])),
    afterRound,
    inHurry,
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the connection was closed'));
      await running;
      for (const one of kept.values()) await one.centre?.then(({ close }) => close()).catch(() => undefined);
    },
  };
}
