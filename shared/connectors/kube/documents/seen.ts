import type { KubeObject } from '../objects.ts';
import { contentOf, contentYaml } from './content.ts';

/** What operators were shown, so that a later edit can be told from what someone else wrote meanwhile. Never Secrets. */
export interface Seen {
  note(object: KubeObject): void;
  /** The content as YAML of a document at a revision; null where it is not known any more. */
  of(uid: string, revision: string): string | null;
}

const most = 300;

export function createSeen(): Seen {
  const kept = new Map<string, string>();
  return {
    note(object) {
      const { uid, resourceVersion } = object.metadata;
      const key = `${uid}@${resourceVersion}`;
      kept.delete(key);
      kept.set(key, contentYaml(contentOf(object)));
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    of: (uid, revision) => kept.get(`${uid}@${revision}`) ?? null,
  };
}
