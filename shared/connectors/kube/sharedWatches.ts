import type { ConnectorHost, SourceHealth } from '../kit/connector.ts';
import { type KubeObject, withoutManagedFields } from './objects.ts';
import { createReflector, type Listed, type ObjectEvent, type Reflector } from './reflector.ts';
import type { Resource } from './resources.ts';
import { routeGroups } from './routeGroups.ts';
import { noticeAbsence } from './watchSilence.ts';

/** The objects of one resource, kept up to date for as long as somebody holds a view. */
export interface ObjectView extends Disposable {
  readonly resource: Resource;
  all(): Iterable<KubeObject>;
  get(namespace: string, name: string): KubeObject | undefined;
  /** Every part has been listed once. */
  readonly synced: boolean;
  /** Every part has been listed once or has failed once: there is nothing more to wait for. */
  readonly settled: boolean;
  /** In trouble when any part is; `at` is when the part that spoke least lately spoke. */
  readonly health: SourceHealth;
}

export interface ViewListener {
  changed(events: readonly ObjectEvent[]): void;
  health(): void;
}

/** Watches that several connectors look at: each resource is listed and watched once, however many look. */
export interface SharedWatches extends AsyncDisposable {
  view(resource: Resource, listener: ViewListener): ObjectView;
  /** Calls it with what happened whenever the machine slept or left a network: whatever is open is dead by then. Until disposed. */
  onAbsence(listener: (what: string) => void): Disposable;
}

/** After a sleep: over how long connections spread, and how far apart the watches of one are. */
const wakeSpreadMs = 2_000;
const wakeStepMs = 100;

interface Running {
  readonly reflectors: readonly Reflector[];
  readonly listeners: Set<ViewListener>;
  readonly stop: AbortController;
  readonly done: Promise<unknown>;
  failed: boolean[];
}

export function createSharedWatches(
  namespaces: readonly string[] | null,
  listed: (resource: Resource, namespace: string | null) => Listed,
  host: Pick<ConnectorHost, 'clock' | 'log' | 'random'>,
  /** The machine slept; called before anything is asked again. */
  woke: () => void = () => undefined,
): SharedWatches {
  const running = new Map<string, Running>();
  const stopLooking = new AbortController();
  let looking: Promise<void> | null = null;
  const absences = new Set<(what: string) => void>();

  /** One after the other, and each connection of its own beginning: after a night many of them wake at once. */
  const wakeAll = (what: string): void => {
    woke();
    for (const listener of [...absences]) listener(what);
    const beginMs = host.random.fraction() * wakeSpreadMs;
    [...running.values()]
      .flatMap((run) => run.reflectors)
      .forEach((reflector, index) => reflector.wake(beginMs + index * wakeStepMs, what));
  };

  const look = (): void => {
    looking ??= noticeAbsence(host.clock, wakeAll, stopLooking.signal);
  };

  const start = (resource: Resource): Running => {
    const listeners = new Set<ViewListener>();
    const stop = new AbortController();
    const failed: boolean[] = [];
    const reflectors = (namespaces ?? [null]).map((namespace, part) =>
      createReflector(slim(listed(resource, namespace), resource), host, {
        changed: (events) => listeners.forEach((listener) => listener.changed(events)),
        health(health) {
          if (!health.ok) failed[part] = true;
          listeners.forEach((listener) => listener.health());
        },
      }),
    );
    const done = Promise.all(reflectors.map((reflector) => reflector.run(stop.signal)));
    return { reflectors, listeners, stop, done, failed };
  };

  return {
    view(resource, listener) {
      const key = `${resource.group}/${resource.version}/${resource.plural}`;
      const run = running.get(key) ?? start(resource);
      running.set(key, run);
      look();
      // An object of its own, so that one listener handed in twice counts twice.
      const own: ViewListener = {
        changed: (events) => listener.changed(events),
        health: () => listener.health(),
      };
      run.listeners.add(own);
      return {
        resource,
        *all() {
          for (const reflector of run.reflectors) yield* reflector.objects.values();
        },
        get(namespace, name) {
          for (const reflector of run.reflectors) {
            const found = reflector.objects.get(`${namespace}/${name}`);
            if (found !== undefined) return found;
          }
          return undefined;
        },
        get synced() {
          return run.reflectors.every((reflector) => reflector.synced);
        },
        get settled() {
          return run.reflectors.every((reflector, part) => reflector.synced || run.failed[part] === true);
        },
        get health() {
          return worst(run.reflectors);
        },
        [Symbol.dispose]() {
          run.listeners.delete(own);
          if (run.listeners.size > 0) return;
          run.stop.abort();
          if (running.get(key) === run) running.delete(key);
        },
      };
    },
    onAbsence(listener) {
      look();
      // An object of its own, so that one listener handed in twice counts twice.
      const own = (what: string): void => listener(what);
      absences.add(own);
      return { [Symbol.dispose]: () => void absences.delete(own) };
    },
    async [Symbol.asyncDispose]() {
      const all = [...running.values()];
      running.clear();
      stopLooking.abort();
      for (const run of all) run.stop.abort();
      await Promise.all([looking, ...all.map((run) => run.done)]);
    },
  };
}

function worst(reflectors: readonly Reflector[]): SourceHealth {
  let oldest: SourceHealth | null = null;
  for (const { health } of reflectors) {
    if (!health.ok) return health;
    if (oldest === null || health.at < oldest.at) oldest = health;
  }
  return oldest ?? { ok: false, at: 0, error: 'Nothing is watched.' };
}

/** Keeps `managedFields` only where somebody may ask who wrote: on documents that say where calls go. */
function slim(listed: Listed, resource: Resource): Listed {
  if (routeGroups.has(resource.group) || /(^|\.)istio\.io$/.test(resource.group)) return listed;
  return {
    what: listed.what,
    revision: (signal) => listed.revision(signal),
    async page(next, signal) {
      const page = await listed.page(next, signal);
      return { ...page, items: page.items.map(withoutManagedFields) };
    },
    async watch(resourceVersion, timeoutSeconds, signal) {
      const stream = await listed.watch(resourceVersion, timeoutSeconds, signal);
      return (async function* () {
        for await (const event of stream) yield { ...event, object: withoutManagedFields(event.object) };
      })();
    },
  };
}
