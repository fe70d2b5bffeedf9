import type { CanaryStore, Clock, JournalStore, Ports } from '../../shared/core/ports.ts';
import type { LastPicture } from '../../shared/model/graph.ts';
import type { OperationRecord } from '../../shared/model/record.ts';
import { createMemoryVault } from '../../shared/node/vault.ts';
import { createWebhookPost } from '../../shared/node/webhookPost.ts';
import { type Canary, openCanaryStates } from '../../shared/model/watch.ts';
import { defaultSettings, type Settings } from '../../shared/model/settings.ts';

/** Time that moves only when a test says so. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`, waking sleepers in order and letting what they start run. */
  advance(ms: number): Promise<void>;
  /** Sets the clock on the wall, as a person or a time server does; nothing else moves. */
  setBy(ms: number): void;
  /** The machine sleeps: timers and what counts waking time stand still. */
  sleepMachine(ms: number): void;
}

export function createFakeClock(startAt = 1_790_000_000_000, elapsed = 0, boot = 'boot-1'): FakeClock {
  /** Waking time. */
  let now = startAt;
  let wallAhead = 0;
  let slept = 0;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const settle = async () => {
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now + wallAhead + slept,
    monotonic: () => now - startAt,
    elapsed: () => elapsed + now - startAt + slept,
    boot,
    setBy(ms) {
      wallAhead += ms;
    },
    sleepMachine(ms) {
      slept += ms;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener(
          'abort',
          () => {
            sleepers.delete(sleeper);
            reject(signal.reason as Error);
          },
          { once: true },
        );
      });
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const next = [...sleepers].filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        next.wake();
        await settle();
      }
      now = until;
      await settle();
    },
  };
}

/** A journal that forgets when the test ends. `records` is what a disk would hold. */
export function createMemoryJournal(
  records = new Map<string, OperationRecord>(),
  writable = true,
): JournalStore {
  const mustWrite = () => {
    if (!writable) throw new Error('another process writes this journal');
  };
  return {
    writable,
    async append(record) {
      mustWrite();
      if (records.has(record.id)) throw new Error(`operation ${record.id} is in the journal already`);
      records.set(record.id, structuredClone(record));
    },
    async update(record) {
      mustWrite();
      records.set(record.id, structuredClone(record));
    },
    async read(id) {
      return structuredClone(records.get(id) ?? null);
    },
    async list(filter) {
      const { query = '', connectionTitle, serviceName, from = 0, to = Infinity, states, limit } = filter;
      // Those of one moment: the one taken down last comes first, as on disk.
      return [...records.values()]
        .reverse()
        .filter((record) => JSON.stringify(record).toLowerCase().includes(query.toLowerCase()))
        .filter((record) => connectionTitle === undefined || record.connection.title === connectionTitle)
        .filter((record) => serviceName === undefined || record.serviceName === serviceName)
        .filter((record) => record.at >= from && record.at <= to)
        .filter((record) => states === undefined || states.includes(record.state))
        .filter((record) => filter.undoOf === undefined || record.undoOf === filter.undoOf)
        .filter((record) => filter.setId === undefined || record.setId === filter.setId)
        .filter((record) => filter.canaryId === undefined || record.canaryId === filter.canaryId)
        .filter((record) => filter.holding === undefined || isHolding(record))
        .filter((record) => filter.unfinished === undefined || record.finishedAt === null)
        .sort((a, b) => b.at - a.at)
        .slice(0, limit);
    },
  };
}

function isHolding({ state, hold, watch }: OperationRecord): boolean {
  if (state === 'notWritten') return false;
  const over = ['ended', 'passed', 'returned', 'stopped'];
  return [hold, watch].some((one) => one !== null && !over.includes(one.state));
}

/** Guided canaries that are forgotten when the test ends. */
export function createMemoryCanaries(canaries = new Map<string, Canary>()): CanaryStore {
  return {
    async put(canary) {
      canaries.set(canary.id, structuredClone(canary));
    },
    async open() {
      return [...canaries.values()].filter(({ state }) => openCanaryStates.includes(state));
    },
    async list(limit) {
      return [...canaries.values()].sort((a, b) => b.startedAt - a.startedAt).slice(0, limit);
    },
  };
}

/** Everything a console needs of a host, in memory. */
export function createMemoryPorts(more: Partial<Ports> = {}): Ports & { readonly clock: FakeClock } {
  let settings: Settings = defaultSettings;
  const pictures = new Map<string, LastPicture>();
  let ids = 0;
  const clock = createFakeClock();
  // Typed before `more` is mixed in, so that a port that was forgotten is told.
  const ports: Ports & { readonly clock: FakeClock } = {
    clock,
    random: { id: () => `id-${(ids += 1)}`, fraction: () => 0.5 },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    journal: createMemoryJournal(),
    settings: {
      read: async () => settings,
      write: async (next) => {
        settings = next;
      },
    },
    pictures: {
      read: async (title) => pictures.get(title) ?? null,
      write: async (title, picture) => {
        pictures.set(title, picture);
      },
      forget: async (title) => {
        pictures.delete(title);
      },
    },
    canaries: createMemoryCanaries(),
    vault: createMemoryVault('this is a test'),
    postWebhook: createWebhookPost(() => [], {}),
    keepAwake: () => undefined,
    repositories: [],
    rehearsal: {
      start: () => Promise.reject(new Error('no rehearsal in this test')),
      trigger: async () => undefined,
    },
    actor: 'ana@laptop',
    version: '0.0.0',
    dataFolder: null,
    readLog: async () => [],
    ownPorts: () => [],
  };
  return { ...ports, ...more } as Ports & { readonly clock: FakeClock };
}
