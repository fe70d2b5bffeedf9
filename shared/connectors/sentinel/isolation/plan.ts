import type { Change, Guard } from '../../../model/change.ts';
import type { Trip } from '../../../model/operation.ts';
import type { TripMechanism } from '../../../model/trip.ts';
import type { PlannedWrite } from '../../kit/control.ts';
import { quoted, sayTime } from '../../kit/words.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { Fleet, Member } from '../fleet.ts';
import { fingerprintOf, resourceOf, type Rule, without } from '../rules.ts';
import { type Block, rulesOf } from './holding.ts';
import { isBlocking, isOf, markerOf } from './marker.ts';
import { refOf, type Sets, setsOf, type Wanted, writeBefore, writeWanted } from './wanted.ts';

export type BlockTrip = Trip & { readonly mechanism: Extract<TripMechanism, { kind: 'block' }> };

/** Stands in a plan for what is only known once it is applied. */
export const planned = 'plan';

/** What would be done to block resources in every instance of an application. Reads only. */
export async function planTrip(
  fleet: Fleet,
  { call, mechanism, forSeconds }: BlockTrip,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const { application, resources } = mechanism;
  const members = await fleet.look(application, signal);
  if (members.length === 0)
    throw new PeerError('refused', `No instance of ${application} is known on this connection.`);
  const knowing = (resource: string): readonly Member[] =>
    members.filter(({ figures }) => figures?.has(resource) === true);
  const unknown = resources.filter((resource) => knowing(resource).length === 0);
  if (unknown.length > 0)
    throw new PeerError(
      'refused',
      `No instance of ${application} was called for ${unknown.join(', ')} yet. Podium sends nothing: Sentinel would keep the rule, and nothing shows that it blocks anything.`,
    );
  const now = fleet.now();
  const block: Block = {
    application,
    resources,
    marker: {
      operationId: planned,
      by: 'a copied command',
      reason: '',
      since: now,
      until: now + forSeconds * 1000,
      host: call.host,
      caller: call.caller?.name ?? null,
    },
  };
  const rules = rulesOf(resources, block.marker);
  const names = resources.join(', ');
  const caller = call.caller === null ? 'all callers' : call.caller.name;
  return {
    title: `Trip ${caller} → ${call.host}: ${names} blocked in ${application} for ${sayTime(forSeconds)}`,
    target: `flow rules of every instance of ${application}`,
    changes: [changeOf(fleet, members, { ...block, blocked: true }, (set) => [...set, ...rules])],
    guards: [
      guardOf(
        'resource',
        'pass',
        `${Math.min(...resources.map((resource) => knowing(resource).length))} of ${members.length} instances of ${application} were called for ${names} already`,
        'A resource is there from its first call on; the rule waits for it in the others.',
      ),
      ...memberGuards(application, members),
      ...heldGuard(members, resources),
    ],
    expectation: { kind: 'blocks', host: call.host, application, resources, blocked: true },
    threeWay: null,
    copies: copiesOf(members, (set) => [...set, ...rules]),
    split: null,
    notes: [
      `A flow rule that lets none through is added to those that each instance has, which are read at that moment, written as a whole and read again: a command centre knows no other way. What callers get is for the code of ${application} to say: by Sentinel’s own adapters 429.`,
      'Rules live in the memory of each instance. Those that join or begin anew get it too while Podium runs and is connected. A data source that pushes its own rules takes it out; that is shown, and not fought.',
    ],
    direction: null,
  };
}

/** Whose rules are to be taken out again. */
export interface EndTarget {
  readonly block: Block;
  /** As it was before; empty where nobody knows any more. */
  readonly before: Sets;
}

/** What would be done to take the rules of a trip out, and no others. Reads only. */
export async function planEnd(
  fleet: Fleet,
  { block, before }: EndTarget,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const { application, resources, marker } = block;
  const members = await fleet.look(application, signal);
  const having = members.filter(({ rules }) => rules?.flow?.some(isOurs) === true);
  function isOurs(rule: Rule): boolean {
    return isOf(rule, marker.operationId);
  }
  if (having.length === 0 && members.every(({ rules }) => rules !== null))
    throw new PeerError('refused', 'No instance has a rule of this trip any more: there is nothing to end.');
  const rest = (set: readonly Rule[]): readonly Rule[] => set.filter((rule) => !isOurs(rule));
  const names = resources.join(', ');
  return {
    title: `End trip of ${names} in ${application}: its rules are taken out`,
    target: `flow rules of every instance of ${application}`,
    changes: [changeOf(fleet, members, { ...block, blocked: false }, rest)],
    guards: memberGuards(application, members),
    expectation: { kind: 'blocks', host: marker.host, application, resources, blocked: false },
    threeWay: null,
    copies: copiesOf(having, rest),
    split: null,
    notes: [...foreignEdits(members, before, rest), ...othersBlock(members, resources, marker.operationId)],
    direction: 'neutral',
  };
}

/** What somebody else changed meanwhile stays: only the rules of this trip are taken out. */
function foreignEdits(
  members: readonly Member[],
  before: Sets,
  rest: (set: readonly Rule[]) => readonly Rule[],
): string[] {
  return members.flatMap(({ name, rules }) => {
    const was = before.find(({ instances }) => instances.includes(name))?.rules;
    const now = rules?.flow === undefined ? undefined : rest(rules.flow);
    if (was === undefined || now === undefined || fingerprintOf(was) === fingerprintOf(now)) return [];
    const [added, gone] = [without(now, was).length, without(was, now).length];
    return `${name}: someone else changed its flow rules since (${added} more, ${gone} gone); that stays as it is.`;
  });
}

function othersBlock(
  members: readonly Member[],
  resources: readonly string[],
  operationId: string,
): string[] {
  const still = members.flatMap(({ rules }) =>
    (rules?.flow ?? []).filter(
      (rule) => isBlocking(rule) && resources.includes(resourceOf(rule)) && !isOf(rule, operationId),
    ),
  );
  const names = [...new Set(still.map(resourceOf))];
  return names.length === 0 ? [] : [`${names.join(', ')} stays blocked by another rule.`];
}

function changeOf(
  fleet: Fleet,
  members: readonly Member[],
  wanted: Omit<Wanted, 'sets'>,
  change: (set: readonly Rule[]) => readonly Rule[],
): Change {
  const { application } = wanted;
  const [before, after] = [setsOf(members), setsOf(members, change)];
  return {
    document: refOf(fleet.host.connectionId, application),
    action: 'patch',
    withheld: false,
    revision: before
      .map(({ instances, rules }) => `${instances.join(', ')}: ${rules.length} rules`)
      .join('; '),
    patch: [{ op: 'replace', path: '/sets', value: after }],
    inverse: [{ op: 'replace', path: '/sets', value: before }],
    before: writeBefore(before),
    after: writeWanted({ ...wanted, sets: after }),
  };
}

/** What holds for any write into instances: who cannot be asked, and where rules do nothing. */
export function memberGuards(application: string, members: readonly Member[]): Guard[] {
  const unread = members.filter(({ rules }) => rules === null);
  const off = members.filter(({ isOn }) => isOn === false);
  const loose = members.filter(({ memoryOnlyAt }) => memoryOnlyAt !== null);
  return [
    ...(unread.length === 0
      ? []
      : [
          guardOf(
            'instances',
            'tick',
            `${unread.length} of ${members.length} instances of ${application} cannot be asked now`,
            unread
              .map(({ name, problem }) => `${name}: ${problem ?? ''}`)
              .join('; ')
              .slice(0, 500),
          ),
        ]),
    ...(off.length === 0
      ? []
      : [
          guardOf(
            'sentinel-off',
            'tick',
            `Sentinel is switched off in ${off.map(({ name }) => name).join(', ')}`,
            'No rule is checked there until somebody switches it on again.',
          ),
        ]),
    ...(loose.length === 0
      ? []
      : [
          guardOf(
            'memory-only',
            'tick',
            `The data source of ${loose.map(({ name }) => name).join(', ')} did not take what was last set`,
            'What is written lives in memory alone there, and its next push may overwrite it.',
          ),
        ]),
  ];
}

function heldGuard(members: readonly Member[], resources: readonly string[]): Guard[] {
  const blocking = members.flatMap(({ name, rules }) =>
    (rules?.flow ?? []).flatMap((rule) =>
      isBlocking(rule) && resources.includes(resourceOf(rule))
        ? [{ name, by: markerOf(rule)?.by ?? null }]
        : [],
    ),
  );
  const [first] = blocking;
  if (first === undefined) return [];
  return [
    guardOf(
      'held-already',
      'tick',
      `It is blocked already${first.by === null ? ', by somebody unknown' : `, by ${first.by}`}`,
      [...new Set(blocking.map(({ name }) => name))].join(', '),
    ),
  ];
}

function copiesOf(
  members: readonly Member[],
  change: (set: readonly Rule[]) => readonly Rule[],
): PlannedWrite['copies'] {
  const curl = members
    .flatMap(({ address, rules }) =>
      rules?.flow === undefined
        ? []
        : `curl --fail --data type=flow --data-urlencode ${quoted(`data=${JSON.stringify(change(rules.flow))}`)} ${quoted(`${address}/setRules`)}`,
    )
    .join('\n');
  return { tool: 'curl', command: curl, curl, patch: JSON.stringify(setsOf(members, change), null, 2) };
}
