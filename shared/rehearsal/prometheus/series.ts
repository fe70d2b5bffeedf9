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
  const oldest = (): number => Math.max(0, count - capacity);
  return {
    capacity,
    push(atMs) {
      times[count % capacity] = atMs;
      count += 1;
    },
    count: () => count,
    at: (index) =>
      index < oldest() || index >= count ? Number.NaN : (times[index % capacity] ?? Number.NaN),
    oldest,
    lastAtOrBefore(atMs) {
      let low = oldest();
      let high = count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((times[middle % capacity] ?? 0) <= atMs) low = middle + 1;
        else high = middle;
      }
      return low - 1;
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
}

const chunkLength = 120;
type Chunk = number | Uint32Array | Float64Array;

/**
 * Values are kept in chunks of 120, and a full chunk is kept as small as it can be: one number where nothing changed
 * (most of the buckets of a histogram), 32 bits where all are counts.
 */
export function createSeries(labels: Labels, timeline: Timeline): Series {
  const chunks = new Map<number, Chunk>();
  let open: Float64Array | null = null;
  let openChunk = -1;

  return {
    labels,
    timeline,
    append(value) {
      const index = timeline.count() - 1;
      const chunk = Math.floor(index / chunkLength);
      if (chunk !== openChunk) {
        if (open !== null) chunks.set(openChunk, sealed(open));
        open = new Float64Array(chunkLength).fill(Number.NaN);
        openChunk = chunk;
        chunks.set(chunk, open);
        const firstKept = Math.floor(timeline.oldest() / chunkLength);
        for (const known of chunks.keys()) {
          if (known >= firstKept) break;
          chunks.delete(known);
        }
      }
      if (open !== null) open[index % chunkLength] = value;
    },
    value(index) {
      const chunk = chunks.get(Math.floor(index / chunkLength));
      if (chunk === undefined) return Number.NaN;
      if (typeof chunk === 'number') return chunk;
      return chunk[index % chunkLength] ?? Number.NaN;
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
