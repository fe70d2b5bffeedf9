import { PeerError, sayError } from '../kit/peerError.ts';
import type { Fleet } from './fleet.ts';
import type { Member } from './member.ts';
import { fingerprintOf, isAsWritten, resourceOf, type Rule, type RuleType } from './rules.ts';

/** What became of one instance. */
export interface Outcome {
  readonly member: Member;
  /** Null where its rules are as wanted. */
  readonly error: PeerError | null;
  /** Its data source did not take them: they are in memory alone. */
  readonly memoryOnly: boolean;
}

/**
 * Changes one instance's set of rules: read this moment, written whole, read again. There is no fence in Sentinel, so a write
 * of somebody else's between those readings is told, and may be lost. Throws `PeerError`.
 */
export async function changeRules(
  fleet: Fleet,
  member: Member,
  type: RuleType,
  change: (now: readonly Rule[]) => readonly Rule[],
  signal: AbortSignal,
): Promise<boolean> {
  const centre = await fleet.centre(member.uid);
  const now = await centre.rules(type, signal);
  if (now === null) throw new PeerError('notFound', `${member.name} has no ${type} rules; nothing was sent.`);
  const wanted = change(now);
  if (fingerprintOf(wanted) === fingerprintOf(now)) return false;
  const kept = await centre.setRules(type, wanted, signal);
  fleet.noteKept(member.uid, kept);
  const after = await centre.rules(type, signal);
  if (after === null) throw new PeerError('conflict', `${member.name} took it and has no such rules now.`);
  const missing = missingOf(wanted, after);
  // Sentinel answers `success` to rules that it finds invalid, and drops them.
  if (missing.length > 0)
    throw new PeerError(
      'conflict',
      `${member.name} answered “success” and has not got ${sayRules(missing)}: it dropped them as invalid, or someone else wrote at the same moment.`,
    );
  if (after.length > wanted.length)
    throw new PeerError(
      'conflict',
      `${member.name} has rules that were not written: someone else wrote at the same moment, and what they wrote may have been lost in between. Compare what is there now.`,
    );
  return kept === 'memoryOnly';
}

/** Does it in each of them, at once; one that fails keeps no other from it. */
export function changeEach(
  members: readonly Member[],
  change: (member: Member) => Promise<boolean>,
): Promise<readonly Outcome[]> {
  return Promise.all(
    members.map(async (member): Promise<Outcome> => {
      // One that did not answer a moment ago is not sent anything.
      if (member.rules === null)
        return {
          member,
          error: new PeerError('unreachable', `${member.name}: ${member.problem ?? 'it cannot be asked'}`),
          memoryOnly: false,
        };
      try {
        return { member, error: null, memoryOnly: await change(member) };
      } catch (error) {
        const known =
          error instanceof PeerError ? error : new PeerError('broken', sayError(error, 'Setting it'));
        return { member, error: known, memoryOnly: false };
      }
    }),
  );
}

/** Throws what went wrong where nothing went right: of those, what nobody knows comes first. */
export function throwIfNone(outcomes: readonly Outcome[]): void {
  const failures = outcomes.flatMap(({ error }) => error ?? []);
  const of = (kind: PeerError['kind']) => failures.find((one) => one.kind === kind);
  // One that is silent anyway says least about why the others did not take it.
  const told = failures.find(({ kind }) => kind !== 'unreachable');
  const worst = of('unanswered') ?? of('conflict') ?? told ?? failures[0];
  if (worst !== undefined && failures.length === outcomes.length) throw worst;
}

/** "2 of 3 instances". */
export const sayTaken = (outcomes: readonly Outcome[]): string =>
  `${outcomes.filter(({ error }) => error === null).length} of ${outcomes.length} instances`;

/** "2 of 3 instances; in memory alone in 10.0.0.1:8719, whose data source did not take it". */
export function sayOutcomes(outcomes: readonly Outcome[]): string {
  const good = outcomes.filter(({ error }) => error === null);
  const loose = good.filter(({ memoryOnly }) => memoryOnly).map(({ member }) => member.name);
  return [
    sayTaken(outcomes),
    ...(loose.length === 0
      ? []
      : [`in memory alone in ${loose.join(', ')}, whose data source did not take it`]),
  ].join('; ');
}

/** Rules that were written and cannot be found again. */
function missingOf(wanted: readonly Rule[], after: readonly Rule[]): Rule[] {
  const left = [...after];
  return wanted.filter((rule) => {
    const at = left.findIndex((one) => isAsWritten(rule, one));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const sayRules = (rules: readonly Rule[]): string =>
  [...new Set(rules.map((rule) => resourceOf(rule) || 'the whole instance'))].slice(0, 5).join(', ');
