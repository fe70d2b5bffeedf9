import type { Change } from '../../model/change.ts';
import { PartlyWritten, type Receipt } from './control.ts';
import { maybeDoneKinds, PeerError, sayError } from './peerError.ts';

/** What became of one instance at a write into each of them. */
export interface Outcome<Member, Result = unknown> {
  readonly member: Member;
  /** Null where it is as wanted. */
  readonly error: PeerError | null;
  /** What the write told; null where it failed. */
  readonly result: Result | null;
}

/**
 * Changes each of them, at once; one that fails keeps no other from it. One that did not answer a moment ago is not sent
 * anything: `silence` says why, null where it may be sent something.
 */
export function changeEach<Member, Result>(
  members: readonly Member[],
  silence: (member: Member) => string | null,
  change: (member: Member) => Promise<Result>,
): Promise<readonly Outcome<Member, Result>[]> {
  return Promise.all(
    members.map(async (member): Promise<Outcome<Member, Result>> => {
      const silent = silence(member);
      if (silent !== null) return { member, error: new PeerError('unreachable', silent), result: null };
      try {
        return { member, error: null, result: await change(member) };
      } catch (error) {
        const known =
          error instanceof PeerError ? error : new PeerError('broken', sayError(error, 'Setting it'));
        return { member, error: known, result: null };
      }
    }),
  );
}

/** Throws what went wrong where nothing went right: of those, what nobody knows comes first. */
export function throwIfNone(outcomes: readonly Outcome<unknown>[]): void {
  const failures = outcomes.flatMap(({ error }) => error ?? []);
  const of = (kind: PeerError['kind']) => failures.find((one) => one.kind === kind);
  // One that is silent anyway says least about why the others did not take it.
  const told = failures.find(({ kind }) => kind !== 'unreachable');
  const maybe = of('unanswered') ?? failures.find(({ kind }) => maybeDoneKinds.has(kind));
  const worst = maybe ?? of('conflict') ?? told ?? failures[0];
  if (worst !== undefined && failures.length === outcomes.length) throw worst;
}

/** One document of a write, and what became of it in each instance. */
export interface Written {
  readonly change: Change;
  readonly outcomes: readonly Outcome<unknown>[];
}

/** Throws where no instance took this document: `PartlyWritten` where others were written before it. */
export function throwIfUntaken(
  outcomes: readonly Outcome<unknown>[],
  before: readonly Written[],
  at: number,
): void {
  try {
    throwIfNone(outcomes);
  } catch (error) {
    if (before.length > 0 && error instanceof PeerError)
      throw new PartlyWritten(receiptOf(before, at), error);
    throw error;
  }
}

/** How far each document was taken, and all of them. */
export const receiptOf = (written: readonly Written[], at: number): Receipt => ({
  acceptedAt: at,
  takenBy: sayDone(written.flatMap(({ outcomes }) => outcomes)),
  revisions: written.map(({ change, outcomes }) => ({
    document: change.document,
    revision: sayDone(outcomes),
  })),
});

/** Whether it may be in force in any of them: nobody knows whether a write without an answer was done. */
export const maybeDone = (outcomes: readonly Outcome<unknown>[]): boolean =>
  outcomes.some(({ error }) => error === null || error.kind === 'unanswered');

/** "2 of 3 instances". */
export const sayDone = (outcomes: readonly Outcome<unknown>[], what = 'instances'): string =>
  `${outcomes.filter(({ error }) => error === null).length} of ${outcomes.length} ${what}`;
