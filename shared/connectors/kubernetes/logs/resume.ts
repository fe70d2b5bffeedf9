/** Where a log that broke off goes on, without telling a line twice and without leaving one out. */
export interface Resume {
  /** For `sinceTime`, which knows whole seconds only; null as long as no line came. */
  since(): string | null;
  /** What comes next is read from `since()` on, so that the last lines come again. */
  again(): void;
  /** Whether the line is news. One without a time always is. */
  isNew(stamp: string, at: number | null): boolean;
}

/** Stamps kept of one second; beyond that the oldest are forgotten, and could be told twice. */
const mostStamps = 50_000;
const secondOf = (at: number): number => Math.floor(at / 1000);

/**
 * Stamps go to the nanosecond, and yet two lines may share one: they are counted. Two streams of one container do not write in
 * strict order, so all of the last second count and not only the last stamp.
 */
export function createResume(): Resume {
  let second = Number.NEGATIVE_INFINITY;
  let told = new Map<string, number>();
  let owed = new Map<string, number>();
  let resumedFrom = Number.NEGATIVE_INFINITY;
  /** The earliest stamp of the first reading: what its second held before was not asked for. */
  let first: string | null = null;
  return {
    since: () => (Number.isFinite(second) ? new Date(second * 1000).toISOString() : null),
    again() {
      owed = new Map(told);
      resumedFrom = second;
    },
    isNew(stamp, at) {
      if (at === null) return true;
      const own = secondOf(at);
      if (own < resumedFrom) return false;
      if (!Number.isFinite(resumedFrom)) first = first === null || isBefore(stamp, first) ? stamp : first;
      else if (first !== null && own === resumedFrom && isBefore(stamp, first)) return false;
      const left = own === resumedFrom ? (owed.get(stamp) ?? 0) : 0;
      if (left > 0) {
        owed.set(stamp, left - 1);
        return false;
      }
      if (own > second) {
        second = own;
        told = new Map();
      }
      if (own === second) {
        told.set(stamp, (told.get(stamp) ?? 0) + 1);
        const [oldest] = told.keys();
        if (told.size > mostStamps && oldest !== undefined) told.delete(oldest);
      }
      return true;
    },
  };
}

/** Stamps leave out zeros at the end, so that their letters alone tell no order. */
const isBefore = (stamp: string, other: string): boolean => whole(stamp) < whole(other);

function whole(stamp: string): string {
  const [seconds = '', fraction = ''] = stamp.replace(/Z$/, '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}
