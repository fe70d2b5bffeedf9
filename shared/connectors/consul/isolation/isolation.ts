import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../../model/change.ts';
import type { EndTrip, SetFallback, Trip } from '../../../model/operation.ts';
import type { Fallback, HeldTrip, TripOption } from '../../../model/trip.ts';
import { aheadOf } from '../../kit/aheadOf.ts';
import { type IsolationControl, type PlannedWrite, type ReadBack, type Stamp } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { hostOf } from '../names.ts';
import { yamlOf } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { refOf } from '../splits.ts';
import { metaOf, withMeta } from '../entryWrites/content.ts';
import { applyChanges, contentIn, find, kindOf } from '../entryWrites/write.ts';
import { type Held, readHeld, tripIdOf, withHeld } from './marker.ts';
import { carriers, fallbackOf, proposeEnd, proposeFallback, proposeTrip } from './propose.ts';
import { hindranceOf, isInForce } from './trips.ts';
import { sayFallback } from './words.ts';

type Isolation = Trip | EndTrip | SetFallback;

const settleMs = 100;

/** Trips by limits of callers, by service-routers and by intentions, each marked in its entry's Meta; fallbacks likewise. */
export function createIsolation(registry: Registry): IsolationControl {
  const plan = (operation: Isolation, signal: AbortSignal): Promise<PlannedWrite> => {
    switch (operation.kind) {
      case 'trip':
        return proposeTrip(registry, operation, signal);
      case 'endTrip':
        return proposeEnd(registry, operation.tripId, [], signal);
      case 'setFallback':
        return proposeFallback(registry, operation, signal);
    }
  };

  return {
    plan,
    async planUndo(operation, changes, signal) {
      if (operation.kind === 'endTrip')
        throw new PeerError(
          'refused',
          'A trip that was ended is not brought back by an undo. Trip the call again.',
        );
      if (operation.kind === 'setFallback') {
        const [change] = changes;
        const before = change === undefined ? null : contentIn(change.before);
        const was = before === null ? null : fallbackOf({ meta: metaOf(before) });
        return await proposeFallback(registry, { call: operation.call, fallback: was }, signal);
      }
      const [first] = changes.flatMap((change) => tripsIn(change).added);
      if (first === undefined)
        throw new PeerError(
          'refused',
          'The journal does not say what this trip put where; end it by its marker.',
        );
      const carrying = changes.flatMap(({ document: { kind, name } }) => {
        const known = carriers.find((carrier) => carrier === kind);
        return known === undefined ? [] : [{ kind: known, name }];
      });
      return await proposeEnd(registry, tripIdOf(first), carrying, signal);
    },
    stamp: (write, stamp) => ({
      ...write,
      changes: write.changes.map((change) => stampChange(registry, change, stamp)),
    }),
    apply: (write, signal) => applyChanges(registry, write.changes, signal),
    verify: (change, signal) => verify(registry, change, signal),
    options: (call) => {
      const titles = { refuse: 'Refuse', divert: 'Divert', deny: 'Deny' } as const;
      return Promise.resolve(
        (['refuse', 'divert', 'deny'] as const).map((mechanism): TripOption => ({
          mechanism,
          title: titles[mechanism],
          effect: effectOf(mechanism, fallbacksOf(registry).get(call.host)),
          perCaller: mechanism !== 'divert',
          unavailable: hindranceOf(registry, call, mechanism),
        })),
      );
    },
    serverNow: () => registry.api.serverNow(),
    fallbacks: () => fallbacksOf(registry),
    watch: (signal, onState) =>
      registry.follow(
        {
          settleMs,
          read: () => (registry.entriesView('service-defaults').value === null ? null : readTrips(registry)),
          content: (trips) => trips,
        },
        () => onState(registry.entriesView('service-defaults').health),
        signal,
      ),
  };
}

function effectOf(how: 'refuse' | 'divert' | 'deny', fallback: Fallback | undefined): string {
  switch (how) {
    case 'refuse':
      return 'The callers’ sidecars refuse every call at once with 503, by a limit of 0. Nothing reaches the service.';
    case 'divert':
      return `A service-router sends every call to another service or version.${fallback === undefined ? '' : ` Declared: ${sayFallback(fallback)}.`}`;
    case 'deny':
      return 'An intention makes the service’s own sidecars answer 403. Connections that are open may be served for minutes.';
  }
}

function fallbacksOf(registry: Registry): ReadonlyMap<string, Fallback> {
  return new Map(
    registry.entries('service-defaults').flatMap((entry) => {
      const fallback = fallbackOf(entry);
      return fallback === null
        ? []
        : [[hostOf(entry.name, entry.namespace, registry.datacenter), fallback] as const];
    }),
  );
}

/** Every trip that an entry carries, whoever made it; one that several entries carry is told once. */
function readTrips(registry: Registry): HeldTrip[] {
  const found = new Map<string, HeldTrip>();
  for (const kind of carriers)
    for (const entry of registry.entries(kind))
      for (const held of readHeld(entry.meta)) {
        const id = tripIdOf(held);
        if (found.has(id)) continue;
        const { token: _token, made: _made, was: _was, ...told } = held;
        found.set(id, {
          ...told,
          id,
          connectionId: registry.host.connectionId,
          document: refOf(registry, entry),
          revision: entry.modifyIndex,
          calleeId: null,
        });
      }
  return [...found.values()].sort((a, b) => a.until - b.until || a.id.localeCompare(b.id));
}

/** What a change puts in or takes away of trips. */
function tripsIn({ before, after }: Pick<Change, 'before' | 'after'>): {
  readonly added: readonly Held[];
  readonly removed: readonly Held[];
} {
  const [was, is] = [readHeld(metaOf(contentIn(before))), readHeld(metaOf(contentIn(after)))];
  const lacks = (list: readonly Held[], one: Held) => list.every(({ token }) => token !== one.token);
  return { added: is.filter((one) => lacks(was, one)), removed: was.filter((one) => lacks(is, one)) };
}

/** Puts in what is only known when the operator applies it, with its times by Consul's clock. */
function stampChange(registry: Registry, change: Change, stamp: Stamp): Change {
  const [held] = tripsIn(change).added;
  if (held === undefined) return change;
  const ahead = aheadOf(registry.api.serverNow(), registry.host.clock.now());
  const content = contentIn(change.after);
  const meta = withHeld(metaOf(content), {
    ...held,
    operationId: stamp.operationId,
    by: stamp.by.slice(0, 200),
    reason: stamp.reason.slice(0, 600),
    since: Math.round(stamp.at + ahead),
    until: Math.round((stamp.until ?? held.until - ahead) + ahead),
  });
  if (meta === null)
    throw new PeerError(
      'refused',
      'The reason is too long for what Consul keeps with an entry. Give a shorter one.',
    );
  const after = withMeta(content, meta);
  return {
    ...change,
    after: yamlOf(after),
    patch: change.patch.map((step) =>
      step.path === '/Meta' && step.op !== 'remove' ? { ...step, value: after['Meta'] } : step,
    ),
  };
}

/** What Consul fills in by itself is no matter of the trip's, nor is what others wrote elsewhere in the entry. */
async function verify(registry: Registry, change: Change, signal: AbortSignal): Promise<ReadBack> {
  const { kind, name } = change.document;
  const entry = await find(registry, kindOf(kind), name, signal);
  const live = entry?.content ?? {};
  const answer = (state: ReadBack['state'], detail: string): ReadBack => ({
    state,
    revision: entry?.modifyIndex ?? '',
    detail,
    changedBy: null,
  });
  const { added, removed } = tripsIn(change);
  if (added.length + removed.length > 0) {
    const tokens = new Set(readHeld(metaOf(live)).map(({ token }) => token));
    const stands = (held: Held): boolean => tokens.has(held.token) && isInForce(live, held);
    const gone = (held: Held): boolean => !tokens.has(held.token);
    if (added.every(stands) && removed.every(gone)) return answer('after', 'Read back as written.');
    if (added.every(gone) && removed.every(stands)) return answer('before', 'Still as before.');
    return answer('else', 'What the trip wrote is not as it was written.');
  }
  if (isDeepStrictEqual(metaOf(live), metaOf(contentIn(change.after))))
    return answer('after', 'Read back as written.');
  if (isDeepStrictEqual(live, contentIn(change.before))) return answer('before', 'Still as before.');
  return answer('else', 'The entry holds neither what was before nor what was written.');
}
