import type { Clock, JournalStore, Ports } from '../../shared/core/ports.ts';
import type { LastPicture } from '../../shared/model/graph.ts';
import type { OperationRecord } from '../../shared/model/record.ts';
import { defaultSettings, type Settings } from '../../shared/model/settings.ts';

/** Time that moves only when a test says so. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`, waking sleepers in order and letting what they start run. */
  advance(ms: number): Promise<void>;
}

export function createFakeClock(startAt = 1_790_000_000_000): FakeClock {
  let now = startAt;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const settle = async () => {
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now,
    monotonic: () => now - startAt,
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
    async list({ query = '', connectionTitle, serviceName, from = 0, to = Infinity, states, limit }) {
      return [...records.values()]
        .filter((record) => JSON.stringify(record).toLowerCase().includes(query.toLowerCase()))
        .filter((record) => connectionTitle === undefined || record.connection.title === connectionTitle)
        .filter((record) => serviceName === undefined || record.serviceName === serviceName)
        .filter((record) => record.at >= from && record.at <= to)
        .filter((record) => states === undefined || states.includes(record.state))
        .sort((a, b) => b.at - a.at)
        .slice(0, limit);
    },
  };
}

/** Everything a console needs of a host, in memory. */
export function createMemoryPorts(more: Partial<Ports> = {}): Ports & { readonly clock: FakeClock } {
  let settings: Settings = defaultSettings;
  const pictures = new Map<string, LastPicture>();
  let ids = 0;
  const clock = createFakeClock();
  return {
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
    },
    rehearsal: {
      start: () => Promise.reject(new Error('no rehearsal in this test')),
      trigger: async () => undefined,
    },
    actor: 'ana@laptop',
    version: '0.0.0',
    ...more,
  } as Ports & { readonly clock: FakeClock };
}
