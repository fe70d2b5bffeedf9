import type { Labels } from './labels.ts';

/** The times of one target's scrapes, shared by all its series; keeps the newest `capacity`. */
export interface Timeline {
  readonly capacity: number;
  /** Notes a scrape; times must grow. */
  push(atMs: number): void;
  /** How many scrapes there ever were. */
  count(): number;
  /** The time of the nth scrape, NaN where it is forgotten or not yet. */
  at(index: number): number;
  /** The first scrape that is still kept. */
  oldest(): number;
  /** The last scrape at or before `atMs`; one less than the oldest when there is none. */
  lastAtOrBefore(atMs: number): number;
}

/** An empty timeline. */
export function createTimeline(capacity: number): Timeline {
  const times = new Float64Array(capacity);
  let count = 0;
  // All series of a target are asked for the same moment one after the other.
  let askedFor = Number.NaN;
  let found = -1;
  const oldest = (): number => Math.max(0, count - capacity);
  return {
    capacity,
    push(atMs) {
      times[count % capacity] = atMs;
      count += 1;
      askedFor = Number.NaN;
    },
    count: () => count,
    at: (index) =>
      index < oldest() || index >= count ? Number.NaN : (times[index % capacity] ?? Number.NaN),
    oldest,
    lastAtOrBefore(atMs) {
      if (atMs === askedFor) return found;
      let low = oldest();
      let high = count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((times[middle % capacity] ?? 0) <= atMs) low = middle + 1;
        else high = middle;
      }
      askedFor = atMs;
      found = low - 1;
      return found;
    },
  };
}

/** Samples of one set of labels; NaN where a scrape did not see it, which is what ends it for a lookback. */
export interface Series {
  readonly labels: Labels;
  readonly timeline: Timeline;
  /** Sets the value of the newest scrape. */
  append(value: number): void;
  /** The value at the nth scrape, NaN where there is none. */
  value(index: number): number;
  /** Writes the values from `first` to `last` into the beginning of `into`. */
  read(first: number, last: number, into: Float64Array): void;
}

const chunkLength = 60;
type Chunk = number | Uint32Array | Float64Array;

/**
 * Values are kept in chunks, and a full chunk is kept as small as it can be: one number where nothing changed
 * (most of the buckets of a histogram), 32 bits where all are counts.
 */
export function createSeries(labels: Labels, timeline: Timeline): Series {
  let chunks: (Chunk | undefined)[] = [];
  /** The number of the first chunk in `chunks`. */
  let firstChunk = 0;
  let open: Float64Array | null = null;
  let openChunk = -1;

  const openAt = (chunk: number): Float64Array => {
    if (open !== null) chunks[openChunk - firstChunk] = sealed(open);
    const firstKept = Math.floor(timeline.oldest() / chunkLength);
    if (openChunk < 0) firstChunk = chunk;
    else if (firstKept > firstChunk) {
      chunks = chunks.slice(firstKept - firstChunk);
      firstChunk = firstKept;
    }
    open = new Float64Array(chunkLength).fill(Number.NaN);
    openChunk = chunk;
    chunks[chunk - firstChunk] = open;
    return open;
  };

  const value = (index: number): number => {
    const chunk = chunks[Math.floor(index / chunkLength) - firstChunk];
    if (chunk === undefined) return Number.NaN;
    if (typeof chunk === 'number') return chunk;
    return chunk[index % chunkLength] ?? Number.NaN;
  };

  return {
    labels,
    timeline,
    append(newest) {
      const index = timeline.count() - 1;
      const chunk = Math.floor(index / chunkLength);
      const values = open === null || chunk !== openChunk ? openAt(chunk) : open;
      values[index % chunkLength] = newest;
    },
    value,
    read(first, last, into) {
      let index = first;
      while (index <= last) {
        const number = Math.floor(index / chunkLength);
        const chunk = chunks[number - firstChunk];
        const until = Math.min(last, (number + 1) * chunkLength - 1);
        for (; index <= until; index += 1) {
          into[index - first] =
            chunk === undefined
              ? Number.NaN
              : typeof chunk === 'number'
                ? chunk
                : (chunk[index % chunkLength] ?? 0);
        }
      }
    },
  };
}

function sealed(values: Float64Array): Chunk {
  const first = values[0] ?? Number.NaN;
  let same = true;
  let counts = true;
  for (const value of values) {
    if (value !== first) same = false;
    if (!(value >= 0 && value < 4_294_967_296 && Number.isInteger(value)) || Object.is(value, -0))
      counts = false;
  }
  if (same) return first;
  return counts ? Uint32Array.from(values) : values;
}
