import { changeEach, type Outcome, sayDone } from '../kit/fanOut.ts';
import { PeerError } from '../kit/peerError.ts';
import type { Fleet } from './fleet.ts';
import type { Member } from './member.ts';
import { fingerprintOf, isAsWritten, resourceOf, type Rule, type RuleType } from './rules.ts';

/**
 * Changes one instance's set of rules: read this moment, written whole, read again. There is no fence in Sentinel, so a write
 * of somebody else's between those readings is told, and may be lost. Tells whether it is in memory alone. Throws `PeerError`.
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

/** Does it in each of them; one that cannot be read is not sent anything. */
export const changeEachRead = (
  members: readonly Member[],
  change: (member: Member) => Promise<boolean>,
): Promise<readonly Outcome<Member, boolean>[]> =>
  changeEach(
    members,
    ({ name, rules, problem }) => (rules === null ? `${name}: ${problem ?? 'it cannot be asked'}` : null),
    change,
  );

/** "2 of 3 instances; in memory alone in 10.0.0.1:8719, whose data source did not take it". */
export function sayOutcomes(outcomes: readonly Outcome<Member, boolean>[]): string {
  const loose = outcomes.filter(({ result }) => result === true).map(({ member }) => member.name);
  return [
    sayDone(outcomes),
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
