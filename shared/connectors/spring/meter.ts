import { z } from 'zod';

/** What an actuator says of one meter that counts, as Micrometer’s timers and counters do. */
export interface Meter {
  readonly count: number;
  /** The values of each tag by which it can be asked for in part. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

const Answer = z.object({
  measurements: z.array(z.object({ statistic: z.string(), value: z.number().nonnegative() })),
  availableTags: z.array(z.object({ tag: z.string(), values: z.array(z.string().max(1_000)) })),
});

/** Null where it is no meter, or one that does not count: that is not a count of nothing. */
export function meterIn(body: unknown): Meter | null {
  const answer = Answer.safeParse(body);
  if (!answer.success) return null;
  const { measurements, availableTags } = answer.data;
  const count = measurements.find(({ statistic }) => statistic === 'COUNT')?.value;
  if (count === undefined) return null;
  return { count, tags: new Map(availableTags.map(({ tag, values }) => [tag, values])) };
}

export const valuesOf = (meter: Meter | null, tag: string): readonly string[] => meter?.tags.get(tag) ?? [];
