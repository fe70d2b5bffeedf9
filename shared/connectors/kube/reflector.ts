import { anySignal } from '../kit/anySignal.ts';
import { createBackoff } from '../kit/backoff.ts';
import type { ConnectorHost, SourceHealth } from '../kit/connector.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import { compareRevisions, createObjectCopy, type ObjectEvent } from './objectCopy.ts';
import { keyOf, type KubeObject } from './objects.ts';
import { guardSilence, type Heard } from './watchSilence.ts';
import type { WatchEvent } from './watchStream.ts';

export type { ObjectEvent };

/** Where a reflector lists and watches: one resource, in one namespace or in all. */
export interface Listed {
  /** "services in all namespaces". */
  readonly what: string;
  page(next: string | null, signal: AbortSignal): Promise<Page>;
  /** The server's newest revision, by the shortest list there is. */
  revision(signal: AbortSignal): Promise<string>;
  /** Throws `PeerError` when the answer is not a stream; ends when the server ends it, throws when it was cut. */
  watch(
    resourceVersion: string,
    timeoutSeconds: number,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent>>;
}

export interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly next: string | null;
}

export interface ReflectorListener {
  /** After the objects changed. A list brings everything that changed at once, also what vanished meanwhile. */
  changed(events: readonly ObjectEvent[]): void;
  /** Called when the health changed, and now and then while all is well, so that `at` says when the peer last spoke. */
  health(health: SourceHealth): void;
}

/** A copy of the server's objects that follows it: list, then watch, then watch again from where it ended. */
export interface Reflector {
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** True once a whole list was read; the objects stay when the peer is lost later. */
  readonly synced: boolean;
  readonly health: SourceHealth;
  /** Runs until aborted; never throws. */
  run(signal: AbortSignal): Promise<void>;
  /** The machine slept or left a network: what is open is likely dead. Asks again after this pause, whatever it waits for. */
  wake(afterMs: number, what: string): void;
}

const emptyClosesAllowed = 3;
/** A watch that ended sooner than this without a word was not ended by its time limit. */
const soonMs = 5_000;
/** What a 403 or a missing resource is asked again after: rights and CRDs come rarely. */
const lackMs = 30_000;

export function createReflector(
  listed: Listed,
  host: Pick<ConnectorHost, 'clock' | 'log' | 'random'>,
  listener: ReflectorListener,
): Reflector {
  const { clock, random } = host;
  const copy = createObjectCopy();
  const backoff = createBackoff(clock.now, random.fraction);
  let synced = false;
  let health: SourceHealth = {
    ok: false,
    at: clock.now(),
    error: `Reading ${listed.what} for the first time.`,
  };
  let position: string | null = null;
  /** The last watch ended otherwise than by its time limit: the server may have come back with an older state. */
  let doubtful = false;
  /** What this server is known to do. */
  let sendsBookmarks = false;
  let emptyCloses = 0;
  let woken = new AbortController();
  let wokenAfterMs = 0;

  const say = (next: SourceHealth): void => {
    health = next;
    listener.health(next);
  };
  const well = (): void => {
    // Not for every event of a burst: the time is for people.
    if (!health.ok || clock.now() - health.at >= 5_000) say({ ok: true, at: clock.now() });
  };

  const relist = async (signal: AbortSignal): Promise<void> => {
    const found = new Map<string, KubeObject>();
    let next: string | null = null;
    let resourceVersion = '';
    do {
      const page: Page = await listed.page(next, signal);
      for (const object of page.items) found.set(keyOf(object), object);
      resourceVersion = page.resourceVersion;
      next = page.next;
    } while (next !== null);
    const changes = copy.replace(found, resourceVersion);
    position = resourceVersion;
    doubtful = false;
    synced = true;
    say({ ok: true, at: clock.now() });
    listener.changed(changes);
  };

  /**
   * A server that was restored from a snapshot answers a watch from its future with 200 and silence, bookmarks included,
   * until its revisions have caught up (recorded from a real one). So where that may have happened it is asked.
   */
  const confirm = async (from: string, signal: AbortSignal): Promise<void> => {
    const present = await listed.revision(signal);
    if (compareRevisions(present, from) === -1) position = null;
    doubtful = false;
  };

  const follow = async (from: string, signal: AbortSignal): Promise<void> => {
    const timeoutSeconds = 300 + Math.floor(random.fraction() * 300);
    const startedAt = clock.now();
    const stop = new AbortController();
    const both = anySignal([signal, stop.signal]);
    const heard: Heard = { at: startedAt, bookmarks: sendsBookmarks };
    let events = 0;
    const guard = guardSilence(clock, heard, timeoutSeconds, stop, () => {
      say({
        ok: false,
        at: clock.now(),
        error: `Nothing was heard of ${listed.what} for ${Math.round((clock.now() - heard.at) / 1000)} s.`,
      });
    });
    doubtful = true;
    try {
      const stream = await listed.watch(from, timeoutSeconds, both);
      well();
      for await (const event of stream) {
        heard.at = clock.now();
        events += 1;
        const { resourceVersion } = event.object.metadata;
        if (event.type === 'BOOKMARK') heard.bookmarks = sendsBookmarks = true;
        else {
          const changes = copy.apply(event);
          if (changes.length > 0) listener.changed(changes);
        }
        // A late event or bookmark must not lead back to where we have been.
        if (compareRevisions(resourceVersion, position ?? '') !== -1) position = resourceVersion;
        emptyCloses = 0;
        backoff.reset();
        well();
      }
    } catch (error) {
      if (stop.signal.aborted && !signal.aborted)
        throw new PeerError('unanswered', `The watch of ${listed.what} fell silent and was opened anew.`);
      throw error;
    } finally {
      stop.abort();
      await guard;
    }
    const lastedMs = clock.now() - startedAt;
    doubtful = lastedMs < timeoutSeconds * 900;
    if (events > 0 || lastedMs >= soonMs) return well();
    // Some servers close a watch from a forgotten revision at once and without a word (kubernetes#137089).
    emptyCloses += 1;
    if (emptyCloses >= emptyClosesAllowed) {
      emptyCloses = 0;
      position = null;
    }
    await clock.sleep(backoff.nextMs(), signal);
  };

  const recover = async (error: unknown, signal: AbortSignal): Promise<void> => {
    const kind = error instanceof PeerError ? error.kind : 'broken';
    if (position !== null && isPassed(error)) {
      // History does not reach from here to there: the whole is listed again at once, and a second time only after a pause.
      position = null;
      emptyCloses = 0;
      return;
    }
    say({ ok: false, at: clock.now(), error: sayError(error, `Reading ${listed.what}`) });
    if (kind === 'notFound') position = null;
    const lacking = kind === 'forbidden' || kind === 'notFound' || kind === 'unauthenticated';
    const asked = error instanceof PeerError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    const ownMs = backoff.nextMs();
    // What the server asked for is the least; the spread on top keeps many watches apart.
    await clock.sleep(lacking ? lackMs + ownMs : asked > 0 ? asked + ownMs / 4 : ownMs, signal);
  };

  const attempt = async (signal: AbortSignal): Promise<void> => {
    try {
      if (position !== null && doubtful) await confirm(position, signal);
      if (position === null) await relist(signal);
      else await follow(position, signal);
    } catch (error) {
      if (!signal.aborted) await recover(error, signal).catch(() => undefined);
    }
  };

  return {
    objects: copy.objects,
    get synced() {
      return synced;
    },
    get health() {
      return health;
    },
    async run(signal) {
      while (!signal.aborted) {
        const { signal: waking } = woken;
        await attempt(anySignal([signal, waking]));
        if (signal.aborted) return;
        if (!waking.aborted) continue;
        woken = new AbortController();
        await clock.sleep(wokenAfterMs, signal).catch(() => undefined);
      }
    },
    wake(afterMs, what) {
      wokenAfterMs = afterMs;
      doubtful = true;
      say({
        ok: false,
        at: clock.now(),
        error: `${what}; ${listed.what} are as they were before.`,
      });
      woken.abort();
    },
  };
}

/** Whether the revision asked from is one that the server has forgotten, or one that it has not reached. */
const isPassed = (error: unknown): boolean =>
  error instanceof PeerError &&
  (error.status === 410 || (error.status === 504 && /too large resource version/i.test(error.message)));
