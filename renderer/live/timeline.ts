import type { Timeline } from '../../shared/model/signals.ts';
import { type Watched, useWatched } from '../client/useWatched.ts';

/** Failures across the map over a range, while they are drawn. */
export function useTimeline(rangeSeconds: number): Watched<Timeline> {
  return useWatched(`timeline ${rangeSeconds}`, (client, signal) =>
    client.signals.timeline({ rangeSeconds }, { signal }),
  );
}
