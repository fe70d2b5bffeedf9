import type { CallId, EntityId } from '../model/entity.ts';
import type { GraphCall, GraphService, GraphUpdate } from '../model/graph.ts';
import type { CallSignals, ServiceSignals } from '../model/signals.ts';

/** The map's shape at one moment. */
export interface GraphPicture {
  readonly services: readonly GraphService[];
  readonly calls: readonly GraphCall[];
  readonly problems: readonly string[];
}

/** The map's figures at one moment. */
export interface SignalsPicture {
  readonly services: ReadonlyMap<EntityId, ServiceSignals>;
  readonly calls: ReadonlyMap<CallId, CallSignals>;
}

/** What changed between two pictures of figures, by id. */
export interface SignalsDifference {
  readonly services: Record<EntityId, ServiceSignals>;
  readonly calls: Record<CallId, CallSignals>;
  readonly gone: { readonly services: EntityId[]; readonly calls: CallId[] };
}

/** The whole picture when there was none before, else what changed; null when nothing did. */
export function diffGraph(before: GraphPicture | null, now: GraphPicture): GraphUpdate | null {
  if (before === null) {
    const gone = { services: [], calls: [] };
    return {
      full: true,
      services: [...now.services],
      calls: [...now.calls],
      gone,
      problems: [...now.problems],
    };
  }
  const services = diffById(byId(before.services), byId(now.services));
  const calls = diffById(byId(before.calls), byId(now.calls));
  const changed = services.changed.length + calls.changed.length + services.gone.length + calls.gone.length;
  if (changed === 0 && isSame(before.problems, now.problems)) return null;
  return {
    full: false,
    services: services.changed.map(([, service]) => service),
    calls: calls.changed.map(([, call]) => call),
    gone: { services: services.gone, calls: calls.gone },
    problems: [...now.problems],
  };
}

/** Figures that changed, and ids that are no longer there. */
export function diffSignals(before: SignalsPicture | null, now: SignalsPicture): SignalsDifference {
  const services = diffById(before?.services ?? new Map<EntityId, ServiceSignals>(), now.services);
  const calls = diffById(before?.calls ?? new Map<CallId, CallSignals>(), now.calls);
  return {
    services: Object.fromEntries(services.changed),
    calls: Object.fromEntries(calls.changed),
    gone: { services: services.gone, calls: calls.gone },
  };
}

/** Applies an update to a picture: what a window does with what it is sent. */
export function applyGraph(before: GraphPicture | null, update: GraphUpdate): GraphPicture {
  if (before === null || update.full)
    return { services: update.services, calls: update.calls, problems: update.problems };
  return {
    services: applyById(before.services, update.services, update.gone.services),
    calls: applyById(before.calls, update.calls, update.gone.calls),
    problems: update.problems,
  };
}

/** Whether two values of plain data are the same in all their parts. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => isSame(item, b[i]));
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  // Both are objects; what is not there reads as undefined, and keys are compared by number above.
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]));
}

function diffById<T>(
  before: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
): { changed: [string, T][]; gone: string[] } {
  const changed: [string, T][] = [];
  for (const [id, value] of now) if (!isSame(before.get(id), value)) changed.push([id, value]);
  const gone: string[] = [];
  for (const id of before.keys()) if (!now.has(id)) gone.push(id);
  return { changed, gone };
}

function applyById<T extends { readonly id: string }>(
  before: readonly T[],
  changed: readonly T[],
  gone: readonly string[],
): T[] {
  const merged = byId(before);
  for (const id of gone) merged.delete(id);
  for (const one of changed) merged.set(one.id, one);
  return [...merged.values()];
}

function byId<T extends { readonly id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}
