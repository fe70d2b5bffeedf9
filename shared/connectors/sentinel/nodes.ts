import { z } from 'zod';

/** What an instance counts of one resource. */
export interface ResourceFigures {
  /** Of the last second or so, as Sentinel's own window has it. */
  readonly passedPerSecond: number;
  readonly blockedPerSecond: number;
  readonly failedPerSecond: number;
  /** Of calls that ended in that second; Sentinel counts no more than 5 s for one. */
  readonly averageMs: number | null;
  /** In the last minute. */
  readonly passedInMinute: number;
  readonly blockedInMinute: number;
  readonly failedInMinute: number;
}

const count = z.number().nonnegative();
const Node = z.object({
  resource: z.string().max(1_000),
  passQps: count,
  blockQps: count,
  exceptionQps: count,
  successQps: count,
  averageRt: count,
  oneMinutePass: count,
  oneMinuteBlock: count,
  oneMinuteException: count,
});

/** By resource; null where it is no list of figures. Resources are there from their first call on. */
export function readNodes(body: unknown): ReadonlyMap<string, ResourceFigures> | null {
  const read = z.array(Node).safeParse(body);
  if (!read.success) return null;
  return new Map(
    read.data.map((one) => [
      one.resource,
      {
        passedPerSecond: one.passQps,
        blockedPerSecond: one.blockQps,
        failedPerSecond: one.exceptionQps,
        averageMs: one.successQps > 0 ? one.averageRt : null,
        passedInMinute: one.oneMinutePass,
        blockedInMinute: one.oneMinuteBlock,
        failedInMinute: one.oneMinuteException,
      },
    ]),
  );
}

/** The instance's own time at which it told its figures; null where there are none. */
export function timeOf(body: unknown): number | null {
  const read = z.array(z.object({ timestamp: z.number().int().positive() })).safeParse(body);
  return read.data?.[0]?.timestamp ?? null;
}

const Branch = z.object({
  id: z.string(),
  parentId: z.string().nullish(),
  resource: z.string().max(1_000),
});

/** How an instance's resources hang together. */
export interface Nesting {
  /** Entered first, when a request comes in. */
  readonly outermost: ReadonlySet<string>;
  /** Entered while another one was under way. */
  readonly inner: ReadonlySet<string>;
}

/** Null where it is no tree. Below its root are contexts, and below each the resources that are entered first in it. */
export function readNesting(body: unknown): Nesting | null {
  const read = z.array(Branch).safeParse(body);
  if (!read.success) return null;
  const byId = new Map(read.data.map((one) => [one.id, one]));
  const depthOf = (one: z.infer<typeof Branch>): number => {
    let depth = 0;
    for (let at = one; depth < 64; depth += 1) {
      const parent = byId.get(at.parentId ?? '');
      if (parent === undefined) break;
      at = parent;
    }
    return depth;
  };
  const outermost = new Set<string>();
  const inner = new Set<string>();
  for (const one of read.data) {
    const depth = depthOf(one);
    if (depth === 2) outermost.add(one.resource);
    if (depth > 2) inner.add(one.resource);
  }
  return { outermost, inner };
}
