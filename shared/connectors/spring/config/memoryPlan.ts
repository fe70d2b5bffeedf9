import type { Change, Guard, Settings } from '../../../model/change.ts';
import type { PlannedWrite } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { Actuator } from '../api.ts';
import type { Member } from '../fleet.ts';
import { type Desk, type DocumentKind, refOf } from './desk.ts';
import { type Asked, sayOutcomes } from './instances.ts';
import { looksSecret } from './secrets.ts';
import { mapSpread, type Spread, textOf, wantedIn } from './spread.ts';
import { sayKeys, type Wanted } from './values.ts';

/** What an instance holds in its memory: by key a text, where it has one of its own. */
export interface Held {
  readonly own: ReadonlyMap<string, string>;
  /** Keys that it has and does not show. */
  readonly masked: readonly string[];
  /** What a look at the document showed: its fence. */
  readonly revision: string;
}

/** One sort of thing that instances hold in memory. */
export interface Memory {
  readonly kind: DocumentKind;
  readonly what: Settings['what'];
  readonly source: string | null;
  /** Whether an instance refreshes at a write. */
  readonly refreshes: boolean;
  /** "overrides", "levels". */
  readonly many: string;
  /** Why an entry cannot be as wanted; null where it can. */
  refusal(key: string, value: string | null, held: readonly Asked<Held>[]): string | null;
  read(actuator: Actuator, member: Member, signal: AbortSignal): Promise<Held>;
  write(actuator: Actuator, wanted: Wanted, signal: AbortSignal): Promise<void>;
  guards(wanted: Wanted, held: readonly Asked<Held>[]): readonly Guard[];
  notes(wanted: Wanted): readonly string[];
  commands(member: Member, wanted: Wanted): readonly string[];
  /** Of all instances together, as the document that was looked at had it. */
  revisionOf(held: readonly Asked<Held>[]): string;
}

/** The write of a spread for review, with its way back. */
export function planSpread(
  desk: Desk,
  memory: Memory,
  service: string,
  held: readonly Asked<Held>[],
  after: Spread,
): PlannedWrite {
  const all = told(held);
  if (all.length === 0)
    throw new PeerError('refused', `No instance of ${service} can be asked now: ${sayOutcomes(held)}.`);
  const before = mapSpread(after, (key, name) => {
    const one = all.find((each) => each.name === name);
    return one === undefined ? undefined : (one.held.own.get(key) ?? null);
  });
  const secret = Object.entries(before).find(([key, by]) =>
    Object.values(by).some(
      (value) => value !== null && memory.what === 'property' && looksSecret(key, value),
    ),
  );
  if (secret !== undefined)
    throw new PeerError(
      'refused',
      `What instances have of ${secret[0]} looks like a secret, and would stand in the journal for the way back. Change it where it is kept.`,
    );
  if (JSON.stringify(before) === JSON.stringify(after))
    throw new PeerError('refused', 'Every instance has it so already: there is nothing to change.');
  const wanted: Wanted = new Map(
    Object.entries(after).map(([key, by]) => [key, Object.values(by)[0] ?? null]),
  );
  const unread = held.filter(({ error }) => error !== null);
  const step = (spread: Spread): Change['patch'] => [{ op: 'replace', path: '', value: spread }];
  const change: Change = {
    document: refOf(desk, memory.kind, service),
    action: 'patch',
    withheld: false,
    revision: memory.revisionOf(held),
    patch: step(after),
    inverse: step(before),
    before: textOf(before),
    after: textOf(after),
  };
  const uniform = Object.values(after).every((by) => new Set(Object.values(by)).size <= 1);
  const commands = all.flatMap(({ member, name }) =>
    memory.commands(member, new Map(Object.entries(wantedIn(after, name)))),
  );
  return {
    title: `Set ${sayKeys(wanted, memory.many)} in ${all.length} ${all.length === 1 ? 'instance' : 'instances'} of ${service}`,
    target: `memory of each instance of ${service}`,
    changes: [change],
    guards: [
      ...memory.guards(wanted, held),
      ...(unread.length === 0
        ? []
        : [
            guardOf(
              'instances',
              'tick',
              `${unread.length} of ${held.length} instances of ${service} cannot be asked now`,
              sayOutcomes(held),
            ),
          ]),
    ],
    expectation: {
      kind: 'settings',
      host: service,
      holders: [{ namespace: 'default', name: service }],
      what: memory.what,
      instances: held.map(({ name }) => name),
      source: memory.source,
      settings: Object.entries(after).flatMap(([key, by]): Settings['settings'] =>
        uniform
          ? [{ key, value: wanted.get(key) ?? null, instance: null }]
          : Object.entries(by).map(([instance, value]) => ({ key, value, instance })),
      ),
    },
    threeWay: null,
    copies: {
      tool: 'curl',
      command: commands.join('\n'),
      curl: commands.join('\n'),
      patch: JSON.stringify(after, null, 2),
    },
    split: null,
    notes: [
      'It lives in the memory of each instance: one that restarts loses it, and one that joins later does not have it.',
      ...memory.notes(wanted),
    ],
    direction: 'neutral',
  };
}

/** Those that could be asked, with what they hold. */
export const told = (held: readonly Asked<Held>[]) =>
  held.flatMap(({ member, name, told: found }) => (found === null ? [] : [{ member, name, held: found }]));
