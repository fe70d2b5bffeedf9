import { z } from 'zod';
import { stringify } from 'yaml';
import { Matcher } from '../../model/alert.ts';
import type { Stamp } from '../kit/control.ts';

/** A silence as it is sent. */
export const SilenceBody = z.object({
  /** Of those that others made names and values may be longer than what is made here. */
  matchers: z.array(Matcher.extend({ name: z.string(), value: z.string() })),
  startsAt: z.string(),
  endsAt: z.string(),
  createdBy: z.string(),
  comment: z.string(),
});
export type SilenceBody = z.infer<typeof SilenceBody>;

/** A silence as Alertmanager tells of it. */
export const ToldSilence = z.object({
  id: z.string(),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  matchers: z.array(
    // Before 0.22 nothing but equality was known, and nothing says so.
    Matcher.extend({ name: z.string(), value: z.string(), isEqual: z.boolean().default(true) }),
  ),
  endsAt: z.string(),
  updatedAt: z.string().default(''),
  createdBy: z.string().default(''),
  comment: z.string().default(''),
});
export type ToldSilence = z.infer<typeof ToldSilence>;

/** How the comment names the operation, so that a silence whose id never arrived is found again. */
const markOf = (operationId: string): string => `Podium ${operationId}`;

/** What is sent for an operation, in Alertmanager's own time. */
export function bodyOf(
  matchers: readonly Matcher[],
  forSeconds: number,
  { operationId, by, reason, at }: Stamp,
  aheadMs: number,
): SilenceBody {
  const from = at + aheadMs;
  return {
    matchers: [...matchers],
    startsAt: new Date(from).toISOString(),
    endsAt: new Date(from + forSeconds * 1000).toISOString(),
    createdBy: by.slice(0, 200),
    comment: `${reason === '' ? 'no reason given' : reason.slice(0, 1000)} · ${markOf(operationId)}`,
  };
}

/** A silence that is there, as it would have to be made again. */
export const bodyAsTold = (silence: ToldSilence, now: number): SilenceBody => ({
  matchers: silence.matchers.map(({ name, value, isRegex, isEqual }) => ({ name, value, isRegex, isEqual })),
  startsAt: new Date(now).toISOString(),
  endsAt: silence.endsAt,
  // Whoever made it by hand may have left that out; a silence is sent with it.
  createdBy: silence.createdBy === '' ? 'unknown' : silence.createdBy,
  comment: silence.comment,
});

/** The same from now on, findable by the operation that makes it again. */
export const bodyAgain = (
  body: SilenceBody,
  { operationId, at }: Pick<Stamp, 'operationId' | 'at'>,
  aheadMs: number,
): SilenceBody => ({
  ...body,
  startsAt: new Date(at + aheadMs).toISOString(),
  comment: `${body.comment.slice(0, 1_000)} · again by ${markOf(operationId)}`,
});

/** What it was when it was read: whoever changes only its end leaves it its id. */
export const revisionOf = ({ id, endsAt, updatedAt }: ToldSilence): string =>
  `${id} until ${endsAt}, of ${updatedAt}`;

export const isMarkedLike = (silence: ToldSilence, written: SilenceBody): boolean =>
  silence.comment === written.comment && silence.createdBy === written.createdBy;

export const yamlOf = (body: unknown): string => stringify(body, { sortMapEntries: false });

/** The silences that could be read; what has another shape is left out. */
export const silencesIn = (answer: readonly unknown[]): ToldSilence[] =>
  answer.flatMap((one) => ToldSilence.safeParse(one).data ?? []);

/** Same conditions, in whatever order. */
export const sameMatchers = (some: readonly Matcher[], others: readonly Matcher[]): boolean => {
  const text = (all: readonly Matcher[]): string =>
    JSON.stringify(
      all.map(({ name, value, isRegex, isEqual }) => JSON.stringify([name, value, isRegex, isEqual])).sort(),
    );
  return text(some) === text(others);
};
