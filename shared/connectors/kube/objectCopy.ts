import { keyOf, type KubeObject } from './objects.ts';
import type { WatchEvent } from './watchStream.ts';

export interface ObjectEvent {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: KubeObject;
}

/** A copy of the server's objects. Each change gives back what it means, in order. */
export interface ObjectCopy {
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** Makes the copy what a whole list found at this revision. */
  replace(found: ReadonlyMap<string, KubeObject>, revision: string): readonly ObjectEvent[];
  /** Takes in one event of a watch, which may be late, doubled or out of order: an object is told by its uid. */
  apply(event: WatchEvent): readonly ObjectEvent[];
}

/** Uids of the deleted that are remembered between two lists; a uid is never given twice. */
const mostRemembered = 10_000;

export function createObjectCopy(): ObjectCopy {
  const objects = new Map<string, KubeObject>();
  const gone = new Set<string>();
  let listedAt = '';

  const forget = (uid: string): void => {
    gone.add(uid);
    if (gone.size <= mostRemembered) return;
    for (const oldest of gone) {
      gone.delete(oldest);
      return;
    }
  };

  const takeAway = (key: string, before: KubeObject, object: KubeObject): readonly ObjectEvent[] => {
    objects.delete(key);
    forget(before.metadata.uid);
    return [{ type: 'deleted', object }];
  };

  return {
    objects,
    replace(found, revision) {
      listedAt = revision;
      gone.clear();
      const changes: ObjectEvent[] = [];
      for (const [key, object] of objects) {
        if (found.has(key)) continue;
        objects.delete(key);
        changes.push({ type: 'deleted', object });
      }
      for (const [key, object] of found) {
        const before = objects.get(key);
        const same = before?.metadata.uid === object.metadata.uid;
        if (same && before.metadata.resourceVersion === object.metadata.resourceVersion) continue;
        objects.set(key, object);
        changes.push(...replaced(before, object));
      }
      return changes;
    },
    apply({ type, object }) {
      const key = keyOf(object);
      const before = objects.get(key);
      const { uid, resourceVersion } = object.metadata;
      const same = before?.metadata.uid === uid;
      if (type === 'DELETED') {
        forget(uid);
        if (before === undefined) return [];
        if (same) return takeAway(key, before, object);
        // A late deletion of a predecessor must not take its successor away; one of a successor says that both are gone.
        const later = compareRevisions(resourceVersion, before.metadata.resourceVersion) === 1;
        return later ? takeAway(key, before, before) : [];
      }
      // What is in the list already, what was deleted since, and what is older than what is here: late or doubled.
      if (gone.has(uid) || compareRevisions(resourceVersion, listedAt) !== 1) return [];
      if (before !== undefined && compareRevisions(resourceVersion, before.metadata.resourceVersion) !== 1)
        return [];
      if (before !== undefined && !same) forget(before.metadata.uid);
      objects.set(key, object);
      return replaced(before, object);
    },
  };
}

/**
 * -1, 0 or 1 as the left revision is older, the same or newer. Since Kubernetes 1.35 revisions may be compared as numbers;
 * where one is no number, another revision counts as newer, as nothing else is known.
 */
export function compareRevisions(left: string, right: string): -1 | 0 | 1 {
  if (left === right) return 0;
  if (!/^\d+$/.test(left) || !/^\d+$/.test(right)) return 1;
  const [a, b] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')];
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function replaced(before: KubeObject | undefined, object: KubeObject): readonly ObjectEvent[] {
  if (before === undefined) return [{ type: 'added', object }];
  if (before.metadata.uid === object.metadata.uid) return [{ type: 'modified', object }];
  // The same name with another uid is another object.
  return [
    { type: 'deleted', object: before },
    { type: 'added', object },
  ];
}
