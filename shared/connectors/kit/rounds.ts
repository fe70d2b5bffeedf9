import { anySignal } from './anySignal.ts';
import { createBackoff } from './backoff.ts';
import type { ConnectorHost } from './connector.ts';
import { followAmong, type Picture } from './followChanges.ts';
import { createNotice } from './notice.ts';
import { sayError } from './peerError.ts';
import type { SourceHealth } from './reading.ts';

/** What a peer without a watch of its own tells, read round by round until this is disposed. */
export interface Rounds extends AsyncDisposable {
  /** As the last round went. */
  readonly health: SourceHealth;
  /** The next round begins at once instead of at its turn. */
  wake(): void;
  /** Resolves after the next round; rejects when either ends. */
  changed(signal: AbortSignal): Promise<void>;
  /** Yields a picture now and after each round that made it another one; `heard` is called at each round. */
  follow<Value>(picture: Picture<Value>, heard: () => void, signal: AbortSignal): AsyncIterable<Value>;
}

interface Course {
  /** Between two rounds; longer while the peer fails. */
  readonly everyMs: number;
  /** "Reading the registry", for what is said of a failure. */
  readonly tried: string;
  /** Null where there is nothing to read: then no round begins. */
  readonly round: ((signal: AbortSignal) => Promise<void>) | null;
  /** How soon after this round the next is wanted by somebody in a hurry; null at its turn. Asking changes nothing. */
  soonMs(): number | null;
}

export function createRounds({ clock, random }: ConnectorHost, course: Course): Rounds {
  const closing = new AbortController();
  const listeners = new Set<() => void>();
  const wake = createNotice();
  const backoff = createBackoff(clock.now, random.fraction);
  let health: SourceHealth = { ok: true, at: clock.now() };

  async function run(round: NonNullable<Course['round']>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let pauseMs = course.everyMs;
      try {
        await round(signal);
        health = { ok: true, at: clock.now() };
      } catch (error) {
        if (signal.aborted) return;
        health = { ok: false, at: clock.now(), error: sayError(error, course.tried) };
        pauseMs = Math.max(pauseMs, backoff.nextMs());
      }
      for (const listener of listeners) listener();
      await pause(course.soonMs() ?? pauseMs, signal);
    }
  }

  /** Until its turn has come, or somebody is in a hurry. */
  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    const turn = new AbortController();
    const either = anySignal([signal, turn.signal]);
    await Promise.race([
      clock.sleep(ms, either).catch(() => undefined),
      wake.heard(either).catch(() => undefined),
    ]);
    turn.abort();
  }

  const running = course.round === null ? Promise.resolve() : run(course.round, closing.signal);

  return {
    get health() {
      return health;
    },
    wake: () => wake.ring(),
    async changed(signal) {
      const notice = createNotice();
      listeners.add(notice.ring);
      try {
        await notice.heard(anySignal([signal, closing.signal]));
      } finally {
        listeners.delete(notice.ring);
      }
    },
    follow: (picture, heard, signal) => followAmong(listeners, picture, { heard, clock }, signal),
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the connection was closed'));
      await running;
    },
  };
}
