import type { ConnectorHost } from '../kit/connector.ts';
import { followAmong, type Picture } from '../kit/followChanges.ts';
import { untilRung } from '../kit/notice.ts';
import type { KubeClient } from './client.ts';
import type { Resource } from './resources.ts';
import type { ObjectView } from './sharedWatches.ts';

/** Views of one session, and pictures made of them that are made again when any of them changed. */
export interface ViewFollower extends Disposable {
  /** A view that is followed until this is disposed. */
  open(resource: Resource): ObjectView;
  /** Makes pictures anew, for what changed is in no view. */
  ring(): void;
  /** Yields a picture now and whenever it is another one; `heard` is called at each change of any view. */
  follow<Value>(picture: Picture<Value>, heard: () => void, signal: AbortSignal): AsyncIterable<Value>;
  /** Resolves when each view has been read or has failed once. */
  ready(signal: AbortSignal): Promise<void>;
}

export function createViewFollower(client: KubeClient, clock: ConnectorHost['clock']): ViewFollower {
  const listeners = new Set<() => void>();
  const views: ObjectView[] = [];
  const ring = (): void => listeners.forEach((listener) => listener());
  const isReady = (): boolean => views.every((view) => view.settled);
  return {
    open(resource) {
      const view = client.watches.view(resource, { changed: ring, health: ring });
      views.push(view);
      return view;
    },
    ring,
    follow: (picture, heard, signal) => followAmong(listeners, picture, { heard, clock, isReady }, signal),
    ready: (signal) => untilRung(listeners, isReady, signal),
    [Symbol.dispose]() {
      for (const view of views) view[Symbol.dispose]();
    },
  };
}
