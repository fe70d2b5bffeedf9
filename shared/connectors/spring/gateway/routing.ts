import { isDeepStrictEqual } from 'node:util';
import type { Change, Expectation, Guard } from '../../../model/change.ts';
import type { SetRouting } from '../../../model/operation.ts';
import type { GreyRoute } from '../../../model/routing.ts';
import type { DeclaredControl, PlannedWrite, ReadBack } from '../../kit/control.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import { type Definition, hasExpression } from './definitions.ts';
import { alike, definitionsFor, type GroupDocument, readDocument, writeDocument } from './documents.ts';
import { followGateways, type Gateways } from './gateways.ts';
import { greyDefinition, greyIdOf, isOurs, readGreyRoutes } from './grey.ts';
import { copyCommands, lookAt, type Looked, tableGuard, unreadGuard } from './plan.ts';
import { refOf } from './splits.ts';

const why = 'a gateway counts calls by route, and not by what they carried';

/** Routes for some requests beside a group's weights, in the memory of every copy of a gateway. */
export function createRouting(gateways: Gateways): DeclaredControl<SetRouting, GreyRoute> {
  return {
    watch: (signal, onState) => followGateways(gateways, () => readGreyRoutes(gateways), onState, signal),

    async plan({ splitId, change }, signal) {
      const looked = await lookAt(gateways, splitId, signal);
      switch (change.kind) {
        case 'addRoute':
          return planAdd(gateways, looked, change);
        case 'removeRoute':
          return planRemove(gateways, looked, change.routeName);
        case 'mirror':
          throw new PeerError('refused', 'A gateway copies no requests: there is no mirroring to set up.');
      }
    },

    async planUndo({ splitId }, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const looked = await lookAt(gateways, splitId, signal);
      const [before, after] = [readDocument(change.after), readDocument(change.before)];
      const copies = looked.group.gateways.map(({ gateway }) => gateway);
      if (copies.every(({ name, table }) => isAs(table?.definitions ?? [], name, after, before)))
        throw new PeerError(
          'refused',
          'The routes are as they were before already: there is nothing to undo.',
        );
      const ids = idsIn(before, after);
      const wanted = after.copies[0]?.routes ?? [];
      return planned(gateways, looked, {
        title: `Routes beside group ${looked.group.name} of ${looked.group.service} as they were before`,
        ids,
        wanted,
        route: null,
        guards: [],
      });
    },

    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'A change of routes writes exactly one group.');
      refuseElsewhere(gateways, change);
      const failures = await writeEach(gateways, change, signal);
      const named = readDocument(change.after).copies.flatMap(({ instances }) => instances);
      const worst = failures.find(({ kind }) => kind === 'unanswered') ?? failures[0];
      if (worst !== undefined && failures.length === named.length) throw worst;
      const acceptedAt = gateways.fleet.host.clock.now();
      await gateways.look(readDocument(change.after).gateway, signal).catch(() => []);
      const takenBy = `${named.length - failures.length} of ${named.length} copies`;
      return { acceptedAt, takenBy, revisions: [{ document: change.document, revision: takenBy }] };
    },

    async verify(change, signal) {
      refuseElsewhere(gateways, change);
      return readBack(gateways, change, signal);
    },
  };
}

function refuseElsewhere(gateways: Gateways, { document }: Change): void {
  if (document.connectionId !== gateways.fleet.host.connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
}

function planAdd(
  gateways: Gateways,
  looked: Looked,
  change: Extract<SetRouting['change'], { kind: 'addRoute' }>,
): PlannedWrite {
  const { split, group } = looked;
  const id = greyIdOf(change.name);
  const [copy] = group.gateways;
  const base = copy?.routes[change.destination]?.definition ?? null;
  const destination = split.destinations[change.destination];
  if (base === null || destination === undefined)
    throw new PeerError('refused', 'The split has no such destination. Look at it again.');
  const known = group.gateways.some(({ gateway }) => gateway.table?.definitions.some((one) => one.id === id));
  if (known) throw new PeerError('refused', `There is a route ${id} already. Give this one another name.`);
  const orders = (copy?.gateway.table?.definitions ?? []).map(({ order }) => order);
  const definition = greyDefinition(id, base, Math.min(0, ...orders) - 1, change.match);
  return planned(gateways, looked, {
    title: `Route some requests of ${group.service}, group ${group.name}, to ${destination.title}`,
    ids: [id],
    wanted: [definition],
    route: {
      path: null,
      headers: change.match.headers.map(({ name, how, value }) => ({ name, how, value })),
      to: { host: destination.host, subset: id },
      present: true,
    },
    guards: [
      destination.readyInstances === 0
        ? guardOf(
            'destination',
            'typeName',
            `${destination.title} has no ready instance`,
            'Calls sent there fail.',
          )
        : guardOf('destination', 'pass', `${destination.title} is there to take these calls`),
    ],
  });
}

function planRemove(gateways: Gateways, looked: Looked, id: string): PlannedWrite {
  const { group } = looked;
  const there = group.gateways.some(({ gateway }) => gateway.table?.definitions.some((one) => one.id === id));
  if (!there) throw new PeerError('notFound', `No copy has a route ${id} now. Look at it again.`);
  if (!isOurs(id))
    throw new PeerError(
      'refused',
      `Route ${id} was not made by Podium; what a file holds, it would hold on to.`,
    );
  return planned(gateways, looked, {
    title: `Remove route ${id} beside group ${group.name} of ${group.service}`,
    ids: [id],
    wanted: [],
    route: { path: null, headers: [], to: { host: '', subset: id }, present: false },
    guards: [],
  });
}

type Route = NonNullable<NonNullable<Extract<Expectation, { kind: 'unmeasured' }>['inProxies']>['route']>;

function planned(
  gateways: Gateways,
  { group, split, unread }: Looked,
  what: {
    readonly title: string;
    readonly ids: readonly string[];
    readonly wanted: readonly Definition[];
    readonly route: Route | null;
    readonly guards: readonly Guard[];
  },
): PlannedWrite {
  if (split.readOnly !== null)
    throw new PeerError('refused', `This split is read-only here. ${split.readOnly}`);
  const { service, namespace, name } = group;
  const before: GroupDocument = {
    gateway: service,
    group: name,
    copies: alike(
      group.gateways.map(({ gateway: { name: instance, table } }) => ({
        instance,
        routes: (table?.definitions ?? []).filter(({ id }) => what.ids.includes(id)),
      })),
    ),
  };
  const after = { ...before, copies: before.copies.map((copy) => ({ ...copy, routes: what.wanted })) };
  return {
    title: what.title,
    target: `routes beside group ${name} in ${group.gateways.length} copies of ${service}`,
    changes: [
      {
        document: refOf(gateways.fleet.host.connectionId, group),
        action: 'patch',
        withheld: false,
        revision: split.revision,
        patch: what.wanted.map((value) => ({ op: 'add', path: `/routes/${value.id}`, value })),
        inverse: what.ids.map((id) => ({ op: 'remove', path: `/routes/${id}` })),
        before: writeDocument(before),
        after: writeDocument(after),
      },
    ],
    guards: [
      guardOf('access', 'pass', `Every copy of ${service} that was read lets its routes be changed`),
      ...what.guards,
      ...unreadGuard(unread, group),
      tableGuard(group),
    ],
    expectation: {
      kind: 'unmeasured',
      host: split.hosts[0] ?? null,
      why,
      ...(what.route === null
        ? {}
        : { inProxies: { namespace, caller: { namespace, name: service }, route: what.route } }),
    },
    threeWay: null,
    copies: copyCommands(gateways, group, after.copies, what.wanted.length === 0 ? what.ids : []),
    split: null,
    notes: [
      `It is kept in the memory of each copy of ${service}: one that restarts, or joins later, has it no more.`,
    ],
    direction: 'neutral',
  };
}

const idsIn = (...documents: readonly GroupDocument[]): string[] => [
  ...new Set(documents.flatMap(({ copies }) => copies.flatMap(({ routes }) => routes.map(({ id }) => id)))),
];

/** Whether a copy has what a document says of it, and none of those that only the other one names. */
function isAs(
  definitions: readonly Definition[],
  instance: string,
  document: GroupDocument,
  other: GroupDocument,
): boolean {
  const ids = idsIn(document, other);
  const now = definitions.filter(({ id }) => ids.includes(id));
  return isDeepStrictEqual(now, definitionsFor(document, instance) ?? []);
}

/** Every copy gets it, if each is as it was planned on. The errors of those that did not take it. */
async function writeEach(
  gateways: Gateways,
  change: Change,
  signal: AbortSignal,
): Promise<readonly PeerError[]> {
  const [before, after] = [readDocument(change.before), readDocument(change.after)];
  const copies = await gateways.look(after.gateway, signal);
  const ids = idsIn(before, after);
  for (const definition of after.copies.flatMap(({ routes }) => routes))
    if (hasExpression(definition) || !isOurs(definition.id))
      throw new PeerError('refused', `Route ${definition.id} is none that Podium writes beside a group.`);
  for (const { name, table, problem } of copies)
    if (problem === null && !isAs(table?.definitions ?? [], name, before, after))
      throw new PeerError(
        'conflict',
        `The routes ${ids.join(', ')} in ${name} changed meanwhile. Nothing was changed. Review it again.`,
      );
  const results = await Promise.all(
    after.copies.flatMap(({ instances, routes }) =>
      instances.map(async (name): Promise<PeerError | null> => {
        const copy = copies.find((one) => one.name === name && one.problem === null);
        if (copy === undefined) return new PeerError('unreachable', `${name} cannot be asked now.`);
        const was = definitionsFor(before, name) ?? [];
        try {
          const api = await gateways.api(copy.uid);
          for (const definition of routes) await api.store(definition, signal);
          for (const { id } of was) if (routes.every((one) => one.id !== id)) await api.remove(id, signal);
          await api.refresh(signal);
          return null;
        } catch (error) {
          return error instanceof PeerError ? error : new PeerError('broken', sayError(error, 'Writing it'));
        }
      }),
    ),
  );
  return results.filter((error) => error !== null);
}

async function readBack(gateways: Gateways, change: Change, signal: AbortSignal): Promise<ReadBack> {
  const [before, after] = [readDocument(change.before), readDocument(change.after)];
  const copies = (await gateways.look(after.gateway, signal)).filter(
    ({ name }) => definitionsFor(after, name) !== null,
  );
  const silent = copies.filter(({ problem }) => problem !== null);
  const isIn = (one: GroupDocument, other: GroupDocument) =>
    copies.filter(({ name, table }) => isAs(table?.definitions ?? [], name, one, other));
  const [good, old] = [isIn(after, before), isIn(before, after)];
  const rest = copies
    .filter((one) => !good.includes(one))
    .map(({ name, problem }) => `${name}: ${problem ?? 'not as written, or restarted'}`);
  const detail =
    `${good.length} of ${copies.length} copies store it so${rest.length === 0 ? '.' : `; ${rest.join('; ')}.`}`.slice(
      0,
      500,
    );
  if (silent.length > 0) throw new PeerError('unreachable', detail);
  const state = good.length === copies.length ? 'after' : old.length === copies.length ? 'before' : 'else';
  return { state, revision: `${good.length} of ${copies.length}`, detail, changedBy: null };
}
