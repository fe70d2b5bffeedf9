import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Change, Guard, Settings } from '../../../model/change.ts';
import type { EditDocument } from '../../../model/operation.ts';
import type { Control, PlannedWrite } from '../../kit/control.ts';
import {} from '../../kit/words.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { Actuator } from '../api.ts';
import type { Member } from '../fleet.ts';
import { type Desk, type DocumentKind, justRefreshed, refOf } from './desk.ts';
import {
  askEach,
  type Asked,
  askInTurns,
  goneGuard,
  membersOf,
  sayNames,
  sayOutcomes,
  totalFailure,
} from './instances.ts';
import { looksSecret } from './secrets.ts';
import { sayKeys, type Wanted, wantedOf } from './values.ts';

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

/** By key, what each instance has: null is none of its own. */
const Spread = z.record(z.string(), z.record(z.string(), z.string().nullable()));
type Spread = z.infer<typeof Spread>;

/** Writes the same into the memory of every instance of a service, and says of how many it holds. */
export function createMemoryControl(desk: Desk, memory: Memory): Control<EditDocument> {
  const { fleet } = desk;
  const heldBy = async (
    service: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Asked<Held>[]> => {
    const members = await membersOf(fleet, service, [...names, ...justRefreshed(desk, service)], signal);
    return await askEach(fleet, members, (actuator, member) => memory.read(actuator, member, signal), signal);
  };

  return {
    async plan(operation, signal) {
      const wanted = wantedOf(operation, memory.what);
      const service = operation.document.name;
      const held = await heldBy(service, [], signal);
      const refusal = [...wanted]
        .map(([key, value]) => memory.refusal(key, value, held))
        .find((why) => why !== null);
      if (refusal !== undefined) throw new PeerError('refused', refusal);
      const names = told(held).map(({ name }) => name);
      const after: Spread = Object.fromEntries(
        [...wanted].map(([key, value]) => [key, Object.fromEntries(names.map((name) => [name, value]))]),
      );
      const planned = planSpread(desk, memory, service, held, after);
      const isNew = operation.revision === memory.revisionOf(held);
      return {
        ...planned,
        guards: [
          ...planned.guards,
          isNew
            ? guardOf('changed', 'pass', 'Nothing changed since you looked')
            : guardOf(
                'changed',
                'tick',
                'Something of it changed since you looked',
                'Compare what is there now.',
              ),
        ],
      };
    },
    async planUndo(_operation, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const before = spreadIn(change.before);
      const held = await heldBy(change.document.name, namesIn(before), signal);
      const names = new Set(told(held).map(({ name }) => name));
      const back = mapSpread(before, (_key, name, value) => (names.has(name) ? value : undefined));
      const gone = namesIn(before).filter((name) => !names.has(name));
      const planned = planSpread(desk, memory, change.document.name, held, back);
      return gone.length === 0 ? planned : { ...planned, guards: [...planned.guards, goneGuard(gone)] };
    },
    async apply({ changes }, signal) {
      const [change] = changes;
      if (
        change === undefined ||
        changes.length !== 1 ||
        change.document.connectionId !== fleet.host.connectionId
      )
        throw new PeerError(
          'refused',
          'This change was planned on another connection; nothing is written here.',
        );
      const [before, after] = [spreadIn(change.before), spreadIn(change.after)];
      const held = await heldBy(change.document.name, namesIn(after), signal);
      const moved = told(held).filter(({ name, held: { own } }) =>
        Object.entries(before).some(([key, by]) => name in by && (own.get(key) ?? null) !== by[name]),
      );
      if (moved.length > 0)
        throw new PeerError(
          'conflict',
          `Somebody changed it in ${sayNames(moved.map(({ name }) => name))} meanwhile. Nothing was written. Review it again.`,
        );
      const members = held.map(({ member }) => member);
      const outcomes = await askInTurns(
        fleet,
        members.filter(({ instance }) => Object.keys(wantedIn(after, instance.name)).length > 0),
        async (actuator, { instance }) => {
          const { name, service } = instance;
          await memory.write(actuator, new Map(Object.entries(wantedIn(after, name))), signal);
          if (memory.refreshes) desk.refreshed.set(name, { at: fleet.host.clock.now(), service, keys: [] });
        },
        signal,
      );
      const failure = totalFailure(outcomes);
      if (failure !== null) throw failure;
      const away = namesIn(after).filter((name) => !held.some((one) => one.name === name));
      const also = away.length === 0 ? '' : `; ${sayNames(away)} not registered now`;
      return {
        acceptedAt: fleet.host.clock.now(),
        takenBy: `${outcomes.filter(({ error }) => error === null).length} of ${outcomes.length} instances`,
        revisions: [{ document: change.document, revision: `${sayOutcomes(outcomes)}${also}` }],
      };
    },
    async verify(change, signal) {
      const held = await heldBy(change.document.name, [], signal);
      const all = told(held);
      if (all.length === 0)
        throw new PeerError(
          'unreachable',
          `No instance of ${change.document.name} can be asked: ${sayOutcomes(held)}.`,
        );
      const countOf = (spread: Spread): number =>
        all.filter(({ name, held: { own } }) =>
          Object.entries(spread).every(([key, by]) => !(name in by) || (own.get(key) ?? null) === by[name]),
        ).length;
      const there = countOf(spreadIn(change.after));
      // Where some have it the write was made; that an instance lost it by a restart is told by the count.
      const state = there > 0 ? 'after' : countOf(spreadIn(change.before)) === all.length ? 'before' : 'else';
      return {
        state,
        revision: `${there} of ${held.length} instances`,
        detail: `${there} of ${held.length} instances have it.`,
        changedBy: null,
      };
    },
  };
}

/** What an instance should have: as it was told, or as all others where it joined since. */
function wantedIn(spread: Spread, name: string): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  for (const [key, by] of Object.entries(spread)) {
    const values = new Set(Object.values(by));
    const [same] = values;
    if (name in by) found[key] = by[name] ?? null;
    else if (values.size === 1 && same != null) found[key] = same;
  }
  return found;
}

function planSpread(
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

const told = (held: readonly Asked<Held>[]) =>
  held.flatMap(({ member, name, told: found }) => (found === null ? [] : [{ member, name, held: found }]));

function mapSpread(
  spread: Spread,
  map: (key: string, name: string, value: string | null) => string | null | undefined,
): Spread {
  return Object.fromEntries(
    Object.entries(spread).map(([key, by]) => [
      key,
      Object.fromEntries(
        Object.entries(by).flatMap(([name, value]) => {
          const next = map(key, name, value);
          return next === undefined ? [] : [[name, next] as const];
        }),
      ),
    ]),
  );
}

const namesIn = (spread: Spread): string[] => [
  ...new Set(Object.values(spread).flatMap((by) => Object.keys(by))),
];

const textOf = (spread: Spread): string => stringify(spread, { lineWidth: 0, sortMapEntries: true });

function spreadIn(text: string): Spread {
  const read = Spread.safeParse(parse(text));
  if (read.success) return read.data;
  throw new PeerError('refused', 'The journal does not say what instances had or were to have.');
}
