import { createBackoff } from '../kit/backoff.ts';
import type { ConnectorHost, SourceHealth } from '../kit/connector.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import { keyOf, type KubeObject } from './objects.ts';
import type { WatchEvent } from './watchStream.ts';

/** Where a reflector lists and watches: one resource, in one namespace or in all. */
export interface Listed {
  /** "services in all namespaces". */
  readonly what: string;
  page(
    from: { readonly next: string | null; readonly resourceVersion: string | null },
    signal: AbortSignal,
  ): Promise<Page>;
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

export interface ObjectEvent {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: KubeObject;
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
}

const emptyClosesAllowed = 3;
/** A watch that ended sooner than this without a word was not ended by its time limit. */
const soonMs = 5_000;
/** Real servers send a bookmark a minute. */
const bookmarkSilenceMs = 150_000;
const staleAfterMs = 90_000;
const limitGraceMs = 30_000;
/** What a 403 or a missing resource is asked again after: rights and CRDs come rarely. */
const lackMs = 30_000;

export function createReflector(
  listed: Listed,
  host: Pick<ConnectorHost, 'clock' | 'log' | 'random'>,
  listener: ReflectorListener,
): Reflector {
  const { clock, random } = host;
  const objects = new Map<string, KubeObject>();
  const backoff = createBackoff(clock.now, random.fraction);
  let synced = false;
  let health: SourceHealth = {
    ok: false,
    at: clock.now(),
    error: `Reading ${listed.what} for the first time.`,
  };
  let position: string | null = null;
  let emptyCloses = 0;

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
      const page: Page = await listed.page({ next, resourceVersion: null }, signal);
      for (const object of page.items) found.set(keyOf(object), object);
      resourceVersion = page.resourceVersion;
      next = page.next;
    } while (next !== null);
    const changes = replace(objects, found);
    position = resourceVersion;
    synced = true;
    say({ ok: true, at: clock.now() });
    listener.changed(changes);
  };

  const follow = async (from: string, signal: AbortSignal): Promise<void> => {
    const timeoutSeconds = 300 + Math.floor(random.fraction() * 300);
    const startedAt = clock.now();
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const heard = { at: startedAt, bookmarks: false };
    let events = 0;
    const guard = guardSilence(clock, heard, timeoutSeconds, stop, () => {
      say({
        ok: false,
        at: clock.now(),
        error: `Nothing was heard of ${listed.what} for ${Math.round((clock.now() - heard.at) / 1000)} s.`,
      });
    });
    try {
      const stream = await listed.watch(from, timeoutSeconds, both);
      well();
      for await (const event of stream) {
        heard.at = clock.now();
        events += 1;
        if (event.type === 'BOOKMARK') heard.bookmarks = true;
        else apply(objects, event, listener);
        position = event.object.metadata.resourceVersion;
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
    if (events > 0 || clock.now() - startedAt >= soonMs) return well();
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
    const gone = error instanceof PeerError && error.status === 410;
    if (gone && position !== null) {
      // History no longer reaches back that far: the whole is listed again at once, and a second time only after a pause.
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

  return {
    objects,
    get synced() {
      return synced;
    },
    get health() {
      return health;
    },
    async run(signal) {
      while (!signal.aborted) {
        try {
          if (position === null) await relist(signal);
          else await follow(position, signal);
        } catch (error) {
          if (signal.aborted) return;
          await recover(error, signal).catch(() => undefined);
        }
      }
    },
  };
}

/** Ends a watch that is open and dead: a lost network closes nothing. */
async function guardSilence(
  clock: ConnectorHost['clock'],
  heard: { readonly at: number; readonly bookmarks: boolean },
  timeoutSeconds: number,
  stop: AbortController,
  stale: () => void,
): Promise<void> {
  let saidAt = -1;
  for (;;) {
    const limitMs = heard.bookmarks ? bookmarkSilenceMs : timeoutSeconds * 1000 + limitGraceMs;
    const quietMs = clock.now() - heard.at;
    if (quietMs >= limitMs) return stop.abort();
    if (heard.bookmarks && quietMs >= staleAfterMs && saidAt !== heard.at) {
      saidAt = heard.at;
      stale();
    }
    const untilMs = heard.bookmarks && quietMs < staleAfterMs ? staleAfterMs - quietMs : limitMs - quietMs;
    try {
      await clock.sleep(Math.min(untilMs, staleAfterMs), stop.signal);
    } catch {
      return;
    }
  }
}

function apply(objects: Map<string, KubeObject>, event: WatchEvent, listener: ReflectorListener): void {
  const { object } = event;
  const key = keyOf(object);
  const before = objects.get(key);
  const same = before !== undefined && before.metadata.uid === object.metadata.uid;
  if (event.type === 'DELETED') {
    // A late deletion of a predecessor must not take its successor away.
    if (!same) return;
    objects.delete(key);
    return listener.changed([{ type: 'deleted', object }]);
  }
  if (same && before.metadata.resourceVersion === object.metadata.resourceVersion) return;
  objects.set(key, object);
  listener.changed(replaced(before, object));
}

/** Makes `objects` equal to `found` and says what that changed. */
function replace(objects: Map<string, KubeObject>, found: ReadonlyMap<string, KubeObject>): ObjectEvent[] {
  const changes: ObjectEvent[] = [];
  for (const [key, object] of objects) {
    if (found.has(key)) continue;
    objects.delete(key);
    changes.push({ type: 'deleted', object });
  }
  for (const [key, object] of found) {
    const before = objects.get(key);
    if (
      before?.metadata.uid === object.metadata.uid &&
      before.metadata.resourceVersion === object.metadata.resourceVersion
    )
      continue;
    objects.set(key, object);
    changes.push(...replaced(before, object));
  }
  return changes;
}

function replaced(before: KubeObject | undefined, object: KubeObject): ObjectEvent[] {
  if (before === undefined) return [{ type: 'added', object }];
  if (before.metadata.uid === object.metadata.uid) return [{ type: 'modified', object }];
  // The same name with another uid is another object.
  return [
    { type: 'deleted', object: before },
    { type: 'added', object },
  ];
}
