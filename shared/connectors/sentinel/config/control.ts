import type { Change, Guard } from '../../../model/change.ts';
import type { EditDocument } from '../../../model/operation.ts';
import type { Control, PlannedWrite } from '../../kit/control.ts';
import { quoted } from '../../kit/words.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { Fleet, Member } from '../fleet.ts';
import { markerOf } from '../isolation/marker.ts';
import { memberGuards } from '../isolation/plan.ts';
import { fingerprintOf, identityOf, isAsWritten, resourceOf, type Rule, without } from '../rules.ts';
import { changeEachRead, changeRules, sayOutcomes } from '../writing.ts';
import { sayDone, throwIfNone } from '../../kit/fanOut.ts';
import { whyInvalid } from './invalid.ts';
import {
  keyOf,
  refOf,
  revisionOf,
  type RuleSet,
  type RuleSetKey,
  ruleSetsOf,
  rulesIn,
  yamlOf,
} from './ruleSets.ts';

/** Edits of a whole set of rules, in every instance that has it: a command centre takes no less than all of them. */
export function createRuleControl(fleet: Fleet): Control<EditDocument> {
  async function lookAt(key: RuleSetKey, signal: AbortSignal): Promise<RuleSet> {
    const members = await fleet.look(key.application, signal);
    const sets = ruleSetsOf(key.application, members, key.type);
    const found = sets.find(({ only }) => only === key.only);
    if (found !== undefined) return found;
    throw new PeerError(
      'conflict',
      sets.length === 0
        ? `No instance of ${key.application} can be asked for these rules now.`
        : `Instances of ${key.application} have ${key.only === null ? 'different rules by now' : 'the same rules by now'}. Look at them again.`,
    );
  }

  return {
    async plan({ document, edit, revision, restart }, signal) {
      if (restart.length > 0) throw new PeerError('refused', 'A command centre restarts nothing.');
      if (edit.kind !== 'yaml') throw new PeerError('refused', 'Rules are edited as a whole.');
      const set = await lookAt(keyOf(document), signal);
      return planWrite(fleet, set, rulesIn(edit.text), [
        revision === revisionOf(set)
          ? guardOf('changed', 'pass', 'Nothing changed since you looked')
          : guardOf(
              'changed',
              'tick',
              'Someone changed these rules since you looked',
              'What is written takes the place of all of them. Compare what is there now.',
            ),
      ]);
    },
    async planUndo(_operation, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const set = await lookAt(keyOf(change.document), signal);
      const [before, after] = [rulesIn(change.before), rulesIn(change.after)];
      const [added, gone] = [without(after, before), without(before, after)];
      // Only what this change wrote goes back: others may have set other rules since.
      const ours = set.rules.filter((rule) => added.some((one) => isAsWritten(one, rule)));
      const wanted = [...without(set.rules, ours), ...without(gone, set.rules)];
      const lost = added.length - ours.length;
      const plan = planWrite(fleet, set, wanted, []);
      if (lost === 0) return plan;
      return {
        ...plan,
        threeWay: {
          kind: 'document',
          document: change.document,
          seen: change.after,
          now: yamlOf(set.rules),
          wanted: yamlOf(wanted),
          changedBy: null,
        },
      };
    },
    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'An edit writes exactly one set of rules.');
      if (change.document.connectionId !== fleet.host.connectionId)
        throw new PeerError(
          'refused',
          'This change was planned on another connection; nothing is written here.',
        );
      const key = keyOf(change.document);
      const members = membersOf(key, await fleet.look(key.application, signal));
      const [before, after] = [rulesIn(change.before), rulesIn(change.after)];
      const outcomes = await changeEachRead(members, (member) =>
        changeRules(fleet, member, key.type, (now) => fenced(member, now, before, after), signal),
      );
      throwIfNone(outcomes);
      await fleet.look(key.application, signal).catch(() => undefined);
      return {
        acceptedAt: fleet.host.clock.now(),
        takenBy: sayDone(outcomes),
        revisions: [{ document: change.document, revision: sayOutcomes(outcomes) }],
      };
    },
    async verify(change, signal) {
      const key = keyOf(change.document);
      const members = membersOf(key, await fleet.look(key.application, signal));
      const read = members.filter(({ rules }) => rules !== null);
      const unread = members.filter(({ rules }) => rules === null);
      const silent = unread.map(({ name, problem }) => `${name} ${problem ?? 'was not read'}`);
      if (read.length === 0)
        throw new PeerError('unreachable', `No instance can be read: ${silent.join('; ')}.`);
      const having = (rules: readonly Rule[]): readonly Member[] =>
        read.filter((one) => isSameSet(rules, one.rules?.[key.type] ?? []));
      const there = having(rulesIn(change.after));
      const loose = there.filter(({ memoryOnlyAt }) => memoryOnlyAt !== null).map(({ name }) => name);
      const detail = [
        `${there.length} of ${members.length} instances have these rules`,
        ...silent,
        ...(loose.length === 0
          ? []
          : [`in memory alone in ${loose.join(', ')}: the data source did not take it`]),
      ].join('; ');
      const told = { revision: detail, detail: `${detail}.`, changedBy: null };
      if (there.length === read.length) return { ...told, state: 'after' };
      return { ...told, state: having(rulesIn(change.before)).length === read.length ? 'before' : 'else' };
    },
  };
}

const membersOf = ({ only }: RuleSetKey, members: readonly Member[]): readonly Member[] =>
  only === null ? members : members.filter(({ name }) => name === only);

/** What is to be there, unless somebody changed it between the plan and this reading. */
function fenced(member: Member, now: readonly Rule[], before: readonly Rule[], after: readonly Rule[]) {
  if (isSameSet(after, now)) return now;
  if (isSameSet(before, now)) return after;
  throw new PeerError(
    'conflict',
    `Someone else changed these rules of ${member.name} meanwhile. Nothing was changed there. Review it again.`,
  );
}

/** Whether an instance has exactly these; it adds the fields that were left out. */
function isSameSet(written: readonly Rule[], read: readonly Rule[]): boolean {
  const left = [...read];
  const all = written.every((rule) => {
    const at = left.findIndex((one) => isAsWritten(rule, one));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return all && left.length === 0;
}

function planWrite(
  fleet: Fleet,
  set: RuleSet,
  wanted: readonly Rule[],
  guards: readonly Guard[],
): PlannedWrite {
  const { application, type, rules, members } = set;
  if (fingerprintOf(wanted) === fingerprintOf(rules))
    throw new PeerError('refused', 'These rules are there already: there is nothing to change.');
  const wrong = wanted.flatMap((rule) => {
    const why = whyInvalid(type, rule);
    return why === null ? [] : [`${resourceOf(rule) || 'a rule'}: ${why}`];
  });
  if (wrong.length > 0)
    throw new PeerError(
      'refused',
      `Sentinel would drop these rules and say “success” all the same. ${wrong.slice(0, 5).join('; ')}.`,
    );
  const change: Change = {
    document: refOf(fleet.host.connectionId, set),
    action: 'patch',
    withheld: false,
    revision: revisionOf(set),
    patch: [{ op: 'replace', path: '', value: wanted }],
    inverse: [{ op: 'replace', path: '', value: rules }],
    before: yamlOf(rules),
    after: yamlOf(wanted),
  };
  const all = set.only === null ? fleet.of(application) : members;
  const curl = all
    .map(
      ({ address }) =>
        `curl --fail${type === 'paramFlow' ? '' : ` --data type=${type}`} --data-urlencode ${quoted(`data=${JSON.stringify(wanted)}`)} ${quoted(`${address}/${type === 'paramFlow' ? 'setParamFlowRules' : 'setRules'}`)}`,
    )
    .join('\n');
  return {
    title: `Change ${type} rules of ${set.only === null ? application : `${application} at ${set.only}`}`,
    target: `${type} rules of ${all.length} instances of ${application}`,
    changes: [change],
    guards: [...guards, ...memberGuards(application, all), ...tripGuard(rules, wanted)],
    expectation: {
      kind: 'unmeasured',
      host: application,
      why: 'what rules do depends on the calls that come; figures of their resources show it',
    },
    threeWay: null,
    copies: { tool: 'curl', command: curl, curl, patch: JSON.stringify(wanted, null, 2) },
    split: null,
    notes: [
      `All ${type} rules of an instance are written at once: a command centre knows no other way. They are read a moment before and once more after; there is no fence, so what somebody else writes in between is told, and may be lost.`,
    ],
    direction: 'neutral',
  };
}

function tripGuard(before: readonly Rule[], after: readonly Rule[]): Guard[] {
  const kept = new Set(after.map(identityOf));
  const taken = before.filter((rule) => markerOf(rule) !== null && !kept.has(identityOf(rule)));
  if (taken.length === 0) return [];
  return [
    guardOf(
      'held-already',
      'tick',
      `This takes out the trip of ${taken.map(resourceOf).join(', ')}, which is held`,
      'End the trip instead, so that the journal knows of it.',
    ),
  ];
}
