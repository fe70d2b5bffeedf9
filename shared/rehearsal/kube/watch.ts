import { bookmarkObject } from './bookmark.ts';
import { namespaceOf, type ObjectCall } from './call.ts';
import { forbiddenOption, revisionOf } from './list.ts';
import { type Form, formOf, shown } from './representation.ts';
import { type Matches, selectorOf } from './selectors.ts';
import { failure, type StatusBody } from './status.ts';
import type { KubeObject, StoreEvent } from './store.ts';

/** How a watch is broken off from outside. */
export type Cut = 'end' | 'reset' | { readonly error: StatusBody };

/** An open watch, in the hands of the faults. */
export interface OpenWatch {
  readonly resource: string;
  readonly user: string;
  cut(how: Cut): void;
  /** Nothing is sent any more, not even the end: what a half-open connection looks like. */
  silence(): void;
  /** Sends this as an event, true or not. */
  say(type: string, object: unknown): void;
}

/** Keeps the open watches, so that a test can break them. */
export type WatchRegister = Set<OpenWatch>;

interface ShownEvent {
  readonly type: string;
  readonly object: unknown;
}

/** Streams changes as lines of JSON until the client goes, time is up or a fault cuts in. */
export function watch(call: ObjectCall, register: WatchRegister, bookmarkEveryMs: number): void {
  const { query, reply, resource, store } = call;
  const form = formOf(call.headers.accept);
  const matches = matcherOf(call);
  const from = revisionOf(query, true);
  const initial = wantsInitialEvents(query);
  const bookmarks = query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1';
  const timers: NodeJS.Timeout[] = [];
  let silent = false;

  reply.start(200, { 'cache-control': 'no-cache, private', 'content-type': 'application/json' });
  const send = (events: readonly ShownEvent[]): void => {
    if (silent || events.length === 0) return;
    reply.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  };
  // A watch from the future hears nothing until the server has got there, no bookmark either: so the recording says.
  const begins = from ?? 0;
  const bookmark = (initialEnd = false): void => {
    if (store.revision() >= begins) send([bookmarkEvent(call, store.revision(), initialEnd)]);
  };
  const finish = (): void => {
    if (!silent) reply.end();
  };

  const present = initial || (initial === undefined && (from === null || from === 0));
  const missed = present ? [] : store.since(from ?? store.revision(), resource.plural);
  if (missed === 'expired') {
    // Too old a revision is told inside a stream that began with 200, never by the HTTP status.
    const told = `too old resource version: ${from ?? 0} (${store.revision()})`;
    send([{ type: 'ERROR', object: failure(410, 'Expired', told) }]);
    reply.end();
    return;
  }
  const here = present ? store.list(resource.plural, namespaceOf(call) ?? undefined).filter(matches) : [];
  send([
    ...here.map((object) => ({ type: 'ADDED', object: shownIn(call, object, form) })),
    ...missed.flatMap((event) => translate(call, event, matches, form)),
  ]);
  // Also for a watch that began with what is there without asking for it: since 1.34 every such watch is told the end.
  if (present && bookmarks) bookmark(true);

  const unsubscribe = store.subscribe((event) => {
    if (event.resource !== resource.plural || Number(event.object.metadata.resourceVersion) <= begins) return;
    send(translate(call, event, matches, form));
  });
  const open: OpenWatch = {
    resource: resource.plural,
    user: call.user.name,
    silence: () => void (silent = true),
    say: (type, object) => send([{ type, object }]),
    cut(how) {
      if (how === 'reset') reply.reset();
      else {
        if (how !== 'end') send([{ type: 'ERROR', object: how.error }]);
        finish();
      }
    },
  };
  register.add(open);
  reply.closed.addEventListener('abort', () => {
    unsubscribe();
    register.delete(open);
    for (const timer of timers) clearTimeout(timer);
  });

  const timeoutMs = timeoutOf(query);
  timers.push(setTimeout(finish, timeoutMs));
  if (!bookmarks) return;
  timers.push(setInterval(bookmark, bookmarkEveryMs));
  // One more shortly before the end, so that the next watch can start from there.
  if (timeoutMs > 2000) timers.push(setTimeout(bookmark, timeoutMs - 2000));
}

function matcherOf(call: ObjectCall): Matches {
  const { address, query, resource } = call;
  const selected = selectorOf(query, resource.plural, resource.custom);
  const namespace = namespaceOf(call);
  return (object) =>
    (namespace === null || object.metadata.namespace === namespace) &&
    (address.name === null || object.metadata.name === address.name) &&
    selected(object);
}

/** What a change means to this watcher: an object that begins to match is new, one that stops matching is gone. */
function translate(call: ObjectCall, event: StoreEvent, matches: Matches, form: Form): ShownEvent[] {
  const before = event.previous !== undefined && matches(event.previous);
  const after = event.type !== 'DELETED' && matches(event.object);
  if (before && after) return [{ type: 'MODIFIED', object: shownIn(call, event.object, form) }];
  if (after) return [{ type: 'ADDED', object: shownIn(call, event.object, form) }];
  if (!before || event.previous === undefined) return [];
  const { resourceVersion } = event.object.metadata;
  const gone: KubeObject = { ...event.previous, metadata: { ...event.previous.metadata, resourceVersion } };
  return [{ type: 'DELETED', object: shownIn(call, gone, form) }];
}

const shownIn = (call: ObjectCall, object: KubeObject, form: Form): unknown =>
  shown(object, call.address.group, call.address.version, form);

function bookmarkEvent(call: ObjectCall, revision: number, initialEnd: boolean): ShownEvent {
  const { group, version } = call.address;
  return { type: 'BOOKMARK', object: bookmarkObject(call.resource, group, version, revision, initialEnd) };
}

function wantsInitialEvents(query: URLSearchParams): boolean | undefined {
  const asked = query.get('sendInitialEvents');
  const matched = query.get('resourceVersionMatch');
  if (asked === null || asked === '') {
    if (matched === null) return undefined;
    throw forbiddenOption('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  }
  if (matched !== 'NotOlderThan') {
    throw forbiddenOption('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  return asked === 'true' || asked === '1';
}

/** The real server picks half an hour to an hour for a watch that names no time. */
function timeoutOf(query: URLSearchParams): number {
  const seconds = Number(query.get('timeoutSeconds') ?? '');
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 86_400) * 1000 : 45 * 60_000;
}
