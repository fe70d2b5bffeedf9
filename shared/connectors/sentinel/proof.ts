import type { Blocks } from '../../model/change.ts';
import type { Proof, ProofSource } from '../kit/connector.ts';
import type { Fleet, Member } from './fleet.ts';
import { isBlocking, markerOf } from './isolation/marker.ts';
import { resourceOf } from './rules.ts';

/** What each instance itself has and counts: whether its rules are there, whether they are checked, and what they blocked. */
export function createProof(fleet: Fleet): ProofSource {
  return {
    note: ({ kind }) => (kind === 'blocks' ? 'read in every instance: k of n' : null),
    loaded(expectation, since) {
      return Promise.resolve(expectation.kind === 'blocks' ? proofOf(fleet, expectation, since) : null);
    },
  };
}

function proofOf(fleet: Fleet, { application, resources, blocked }: Blocks, since: number): Proof | null {
  const all = fleet.of(application);
  if (all.length === 0) return null;
  const told = all.map((member) => ({ member, lacks: lackOf(member, resources, blocked, since) }));
  const good = told.filter(({ lacks }) => lacks === null).map(({ member }) => member);
  const bad = told.flatMap(({ member, lacks }) => (lacks === null ? [] : `${member.name} ${lacks}`));
  const detail = [
    `${good.length} of ${all.length} instances ${blocked ? 'block it' : 'have no such rule any more'}`,
    ...bad,
    ...loose(good),
    ...(blocked && bad.length === 0 ? [sayCounts(good, resources)] : []),
  ].join('; ');
  return { state: bad.length === 0 ? 'seen' : 'waiting', detail: detail.slice(0, 500) };
}

/** What keeps one instance from being as it should, in words. */
function lackOf(
  { rules, isOn, readAt, problem }: Member,
  resources: readonly string[],
  blocked: boolean,
  since: number,
): string | null {
  if (rules === null || (readAt ?? 0) < since) return problem ?? 'was not read since';
  const flow = rules.flow ?? [];
  if (!blocked)
    return flow.some((rule) => markerOf(rule) !== null && resources.includes(resourceOf(rule)))
      ? 'still has it'
      : null;
  const there = new Set(flow.filter(isBlocking).map(resourceOf));
  if (!resources.every((resource) => there.has(resource))) return 'has not got it';
  return isOn === false ? 'has it, and Sentinel is switched off there' : null;
}

const loose = (members: readonly Member[]): string[] => {
  const names = members.filter(({ memoryOnlyAt }) => memoryOnlyAt !== null).map(({ name }) => name);
  return names.length === 0
    ? []
    : [`in memory alone in ${names.join(', ')}: the data source did not take it`];
};

function sayCounts(members: readonly Member[], resources: readonly string[]): string {
  const counts = members.flatMap(({ figures }) => resources.flatMap((name) => figures?.get(name) ?? []));
  const sum = (of: (one: (typeof counts)[number]) => number): number =>
    counts.reduce((all, one) => all + of(one), 0);
  return `in their last second ${sum((one) => one.blockedPerSecond)} calls blocked, ${sum((one) => one.passedPerSecond)} passed`;
}
