import { fewAtOnce } from '../../kit/fewAtOnce.ts';
import { sayError } from '../../kit/peerError.ts';
import type { Fleet, Member } from '../fleet.ts';
import { readHttpCounts } from './meters.ts';
import { addSample, isOver, type Samples } from './samples.ts';

/** One counter of one instance, with what was read of it lately. */
export interface HttpCounter {
  readonly key: string;
  readonly instance: Member['instance'];
  /** Whom it calls, as it says it; null of what it served. */
  readonly to: string | null;
  readonly status: string;
  readonly samples: Samples;
}

/** Reads all instances when somebody asks, and keeps what it read. */
export interface Counting {
  refresh(signal: AbortSignal): Promise<void>;
  counters(): readonly HttpCounter[];
  readonly readAt: number | null;
  readonly problems: readonly string[];
}

/** How often figures are worth asking for again: each costs a question for every path of every instance. */
export const everySeconds = 10;
const freshMs = 4_000;
const atOnce = 4;
const mostProblems = 3;

export function createCounting(fleet: Fleet): Counting {
  const { clock } = fleet.host;
  const kept = new Map<string, HttpCounter>();
  /** When an instance was read before, by its registration: what it did not count then, it had not counted at all. */
  const readBefore = new Map<string, number>();
  let reading: Promise<void> | null = null;
  let readAt: number | null = null;
  let problems: readonly string[] = [];

  async function readOne({ instance }: Member, signal: AbortSignal): Promise<void> {
    const { uid, registration, management } = instance;
    const counts = await readHttpCounts(await fleet.actuator(uid), management, signal);
    const at = clock.now();
    const process = `${uid} ${registration}`;
    const before = readBefore.get(process);
    for (const { to, status, count } of counts) {
      const key = JSON.stringify([uid, to, status]);
      const known = kept.get(key);
      const samples = known?.samples ?? [];
      if (known === undefined && before !== undefined) addSample(samples, before, 0);
      addSample(samples, at, count);
      kept.set(key, { key, instance, to, status, samples });
    }
    readBefore.set(process, at);
  }

  async function readAll(signal: AbortSignal): Promise<void> {
    // Whoever did not answer when asked about its breakers is not asked a dozen more questions.
    const asked = fleet.members().filter(({ problem }) => problem === null);
    const failed: string[] = [];
    await fewAtOnce(
      asked,
      (one) =>
        readOne(one, signal).catch((error: unknown) => {
          failed.push(`${one.instance.name}: ${sayError(error, 'Reading its counts')}`);
        }),
      atOnce,
    );
    readAt = clock.now();
    for (const [key, { samples }] of kept) if (isOver(samples, readAt)) kept.delete(key);
    for (const [process, at] of readBefore) if (isOver([[at, 0]], readAt)) readBefore.delete(process);
    const more = failed.length - mostProblems;
    problems = [
      ...failed.slice(0, mostProblems),
      ...(more > 0 ? [`${more} more instances do not tell their counts`] : []),
    ];
  }

  return {
    async refresh(signal) {
      if (reading === null && readAt !== null && clock.now() - readAt < freshMs) return;
      reading ??= readAll(AbortSignal.timeout(30_000)).finally(() => {
        reading = null;
      });
      await reading;
      signal.throwIfAborted();
    },
    counters: () => [...kept.values()],
    get readAt() {
      return readAt;
    },
    get problems() {
      return problems;
    },
  };
}
