import type { LogLane } from './logLane.ts';

/** Which instances are read, where there are more than can be. */
export interface LogRoom<T> {
  lanes(): readonly LogLane[];
  /** The instances that are meant, as they are now: at first those there is room for are read, later those that are new. */
  take(meant: readonly T[]): void;
  /** Reads the new ones that found no room, as soon as there is some. */
  fill(): void;
}

export function createLogRoom<T>(
  most: number,
  uidOf: (one: T) => string,
  start: (one: T, isNew: boolean) => LogLane,
  /** Told once. */
  tooMany: (meant: number, read: number) => void,
): LogRoom<T> {
  const lanes = new Map<string, LogLane>();
  const known = new Set<string>();
  let waiting: readonly T[] = [];
  let isBegun = false;
  let isTold = false;
  const startSome = (some: readonly T[], isNew: boolean): readonly T[] => {
    const room = Math.max(0, most - [...lanes.values()].filter(({ ended }) => !ended).length);
    for (const one of some.slice(0, room)) lanes.set(uidOf(one), start(one, isNew));
    return some.slice(room);
  };
  return {
    lanes: () => [...lanes.values()],
    take(all) {
      const uids = new Set(all.map(uidOf));
      // Two connections to one cluster tell of the same instance.
      const meant = [...uids].flatMap((uid) => all.find((one) => uidOf(one) === uid) ?? []);
      const unknown = meant.filter((one) => !known.has(uidOf(one)));
      uids.forEach((uid) => known.add(uid));
      // Those that were left out at first stay so: who wants them chooses them.
      if (isBegun) waiting = startSome([...waiting.filter((one) => uids.has(uidOf(one))), ...unknown], true);
      else startSome(unknown, false);
      isBegun = true;
      const read = meant.filter((one) => lanes.has(uidOf(one))).length;
      if (read < meant.length && !isTold) tooMany(meant.length, read);
      isTold ||= read < meant.length;
    },
    fill() {
      waiting = startSome(waiting, true);
    },
  };
}
