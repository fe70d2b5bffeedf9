import type { Change, Guard, PatchStep, Shares, ThreeWay } from '../../../model/change.ts';
import type { SetWeights } from '../../../model/operation.ts';
import type { Split } from '../../../model/weights.ts';
import type { PlannedWrite } from '../../kit/control.ts';
import { quoted } from '../../kit/words.ts';
import { PeerError } from '../../kit/peerError.ts';
import { changedGuard, destinationGuards, guardOf, sayWeights, totalOf } from '../../kit/splitGuards.ts';
import { type Definition, weightOf, withWeight } from './definitions.ts';
import { type Copies, copiesOf, type GroupDocument, writeDocument } from './documents.ts';
import type { Gateway, Gateways } from './gateways.ts';
import { type Group, groupsOf, type GroupIn, isServed, revisionOf, shapeOf } from './groups.ts';
import { groupIn, refOf, splitOf } from './splits.ts';

/** What the operator saw of a split when deciding; the fingerprint is undefined when this console no longer knows. */
export interface Seen {
  readonly revision: string;
  readonly weights: SetWeights['seen']['weights'];
  readonly fingerprint: string | undefined;
}

/** A group as it is at this moment, with the copies that could not be read. */
export interface Looked {
  readonly group: Group;
  readonly split: Split;
  readonly unread: readonly Gateway[];
}

/** Asks every copy now. Throws `PeerError` where the group is gone. */
export async function lookAt(gateways: Gateways, splitId: string, signal: AbortSignal): Promise<Looked> {
  const of = groupIn(splitId);
  const copies = of === null ? [] : await gateways.look(of.service, signal);
  const group = groupsOf(copies).find(({ name }) => name === of?.name);
  const split = group === undefined ? null : splitOf(gateways, group);
  if (group === undefined || split === null)
    throw new PeerError('notFound', 'This split is gone: no gateway has such a group of routes now.');
  return { group, split, unread: copies.filter(({ problem }) => problem !== null) };
}

/** What every copy is to hold afterwards. */
export type Wanted =
  /** By position in the split. */
  | { readonly kind: 'weights'; readonly weights: readonly number[] }
  /** As each copy had it before. */
  | { readonly kind: 'document'; readonly document: GroupDocument };

/** Makes the plan of one write; reads only. */
export async function planWrite(
  gateways: Gateways,
  splitId: string,
  wanted: Wanted,
  seen: Seen,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const { group, split, unread } = await lookAt(gateways, splitId, signal);
  if (split.readOnly !== null)
    throw new PeerError('refused', `This split is read-only here. ${split.readOnly}`);
  if (wanted.kind === 'weights') refuseNonsense(split, wanted.weights);
  const { service, name } = group;
  const now = copiesOf(group.gateways);
  const after = copiesOf(group.gateways, (definition, i, copy) => goalOf(wanted, definition, i, copy));
  const weights = weightsAfter(after);
  if (JSON.stringify(now) === JSON.stringify(after) && group.gateways.every(isServed))
    throw new PeerError(
      'refused',
      `The weights are ${sayWeights(weights)} already, in every copy: there is nothing to change.`,
    );
  const moved = movedSince(group, split, seen);
  const before = split.destinations.map(({ weight }) => weight);
  const titles = split.destinations.map(({ title }) => title);
  const change: Change = {
    document: refOf(gateways.fleet.host.connectionId, group),
    action: 'patch',
    withheld: false,
    revision: revisionOf(group),
    ...stepsOf(now, after),
    before: writeDocument({ gateway: service, group: name, copies: now }),
    after: writeDocument({ gateway: service, group: name, copies: after }),
  };
  const threeWay: ThreeWay | null =
    moved === 'no'
      ? null
      : {
          kind: 'weights',
          seen: [...seen.weights],
          now: before,
          wanted: [...weights],
          titles,
          changedBy: null,
        };
  return {
    title: `Shift ${service}, group ${name}: ${titles.map((title, i) => `${title} ${before[i] ?? 0} → ${weights[i] ?? 0}`).join(', ')}`,
    target: `weight group ${name} in ${sayCount(group.gateways.length)} of ${service}`,
    changes: [change],
    guards: [
      guardOf(
        'dry-run',
        'pass',
        'It is what gateways load, as far as Podium knows',
        'A gateway has no way to try a write. Only the numbers of these weights differ from what it stores now; they are whole and not all zero.',
      ),
      guardOf('access', 'pass', `Every copy of ${service} that was read lets its routes be changed`),
      ...destinationGuards(split, weights),
      changedGuard(moved, null),
      ...unreadGuard(unread, group),
      tableGuard(group),
    ],
    expectation: expectationOf(group, split, after),
    threeWay,
    copies: copyCommands(gateways, group, after),
    split,
    notes: [
      `It is kept in the memory of each copy of ${service}: one that restarts, or joins later, divides as its own file says until it is changed again.`,
      // Seen on a real one: weights are announced route by route, those of a file before those of memory.
      'Where a file has the same routes, its weights are read first at every refresh, which a gateway makes by itself too (every 30 s, unless it was told otherwise): a call of that instant may still go as the file says.',
    ],
    direction: null,
  };
}

function goalOf(wanted: Wanted, definition: Definition, position: number, { gateway }: GroupIn): Definition {
  if (wanted.kind === 'weights') return withWeight(definition, wanted.weights[position] ?? 0);
  const was = wanted.document.copies
    .find(({ instances }) => instances.includes(gateway.name))
    ?.routes.find(({ id }) => id === definition.id);
  return was ?? definition;
}

const weightsAfter = (after: readonly Copies[]): number[] =>
  (after[0]?.routes ?? []).map((definition) => weightOf(definition)?.weight ?? 0);

/** Refuses, before anybody is asked, what a gateway would not load, or would load and answer 404 for. */
function refuseNonsense(split: Split, wanted: readonly number[]): void {
  const refuse = (why: string): never => {
    throw new PeerError('refused', why);
  };
  if (wanted.length !== split.destinations.length)
    refuse(
      `The group has ${split.destinations.length} routes, and ${wanted.length} weights were given. Look at it again.`,
    );
  if (wanted.length === 1) refuse('The group has a single route: there is nothing to divide.');
  const odd = wanted.find((weight) => !Number.isInteger(weight) || weight < 0 || weight > 1_000_000);
  if (odd !== undefined)
    refuse(
      `A weight of ${odd} is none here: a gateway loads whole numbers, and none of its routes where one is not.`,
    );
  if (totalOf(wanted) === 0)
    refuse('With every weight 0 the gateway finds no route and answers 404. Give one of them a share.');
}

function movedSince(group: Group, split: Split, seen: Seen): Parameters<typeof changedGuard>[0] {
  if (seen.revision === revisionOf(group)) return 'no';
  if (seen.fingerprint !== undefined && seen.fingerprint !== fingerprintOf(copiesOf(group.gateways)))
    return 'route';
  const same =
    split.destinations.length === seen.weights.length &&
    split.destinations.every(({ weight }, position) => weight === seen.weights[position]);
  if (!same) return 'weights';
  return seen.fingerprint === undefined ? 'unknown' : 'no';
}

/** What the routes are beside their weights, in any copy. */
export const fingerprintOf = (copies: readonly Copies[]): string =>
  [...new Set(copies.map(({ routes }) => shapeOf(routes)))].sort().join();

/** Copies that cannot be asked now. */
export function unreadGuard(unread: readonly Gateway[], group: Group): Guard[] {
  if (unread.length === 0) return [];
  return [
    guardOf(
      'instances',
      'tick',
      `${unread.length} of ${unread.length + group.gateways.length} instances of ${group.service} cannot be asked now, and are not changed`,
      unread
        .map(({ name, problem }) => `${name}: ${problem ?? ''}`)
        .join('; ')
        .slice(0, 500),
    ),
  ];
}

/** A refresh loads everything that is stored, also what somebody else left there; or nothing, where one route is broken. */
export function tableGuard({ gateways }: Group): Guard {
  const stale = gateways.flatMap(({ gateway }) => {
    const groups = groupsOf([gateway]).flatMap((group) => group.gateways);
    const odd = [
      ...groups
        .filter((one) => !isServed(one))
        .flatMap(({ routes }) => routes.filter(({ weight, live }) => weight !== live)),
      ...(gateway.table?.definitions ?? []).filter(({ id }) =>
        gateway.table?.live.every((route) => route.id !== id),
      ),
    ];
    return odd.length === 0 ? [] : [`${gateway.name}: ${[...new Set(odd.map(({ id }) => id))].join(', ')}`];
  });
  return stale.length === 0
    ? guardOf('table', 'pass', 'Every copy serves what it stores')
    : guardOf(
        'table',
        'tick',
        'Not everything that is stored is served: the refresh after this write loads that too, or fails because of it',
        stale.join('; ').slice(0, 500),
      );
}

/** What traffic should look like; of copies that are to divide differently from each other nothing can be said. */
function expectationOf(
  { namespace, service }: Group,
  split: Split,
  after: readonly Copies[],
): PlannedWrite['expectation'] {
  const all = after.map(({ routes }) => routes.map((definition) => weightOf(definition)?.weight ?? 0));
  const [weights = []] = all;
  if (new Set(all.map((each) => each.join())).size > 1)
    return {
      kind: 'unmeasured',
      host: split.hosts[0] ?? null,
      why: 'each copy gets back weights of its own, so there is no one split to count',
    };
  const total = totalOf(weights);
  const shares: Shares = {
    kind: 'shares',
    splitId: split.id,
    host: split.hosts[0] ?? '',
    gateways: split.gateways,
    namespace,
    caller: { namespace, name: service },
    ambiguous: null,
    destinations: split.destinations.map(({ index, host, subset, version }, position) => ({
      index,
      host,
      subset,
      version,
      share: total === 0 ? 0 : (weights[position] ?? 0) / total,
    })),
  };
  return shares;
}

function stepsOf(now: readonly Copies[], after: readonly Copies[]): Pick<Change, 'patch' | 'inverse'> {
  const patch: PatchStep[] = [];
  const inverse: PatchStep[] = [];
  for (const { instances, routes } of after)
    for (const instance of instances)
      for (const definition of routes) {
        const was = now
          .find((one) => one.instances.includes(instance))
          ?.routes.find(({ id }) => id === definition.id);
        const weights = [was, definition].map((one) => (one === undefined ? null : weightOf(one)?.weight));
        if (weights[0] === weights[1]) continue;
        const path = `/${[instance, definition.id].map(pointer).join('/')}/weight`;
        patch.push({ op: 'replace', path, value: weights[1] });
        inverse.push({ op: 'replace', path, value: weights[0] });
      }
  return { patch, inverse };
}

const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The same writes for a terminal, to every copy; routes of these ids are removed there. */
export function copyCommands(
  gateways: Gateways,
  group: Group,
  after: readonly Copies[],
  removed: readonly string[] = [],
): PlannedWrite['copies'] {
  const members = gateways.fleet.of(group.service);
  const post = `curl --fail --request POST`;
  const lines = after.flatMap(({ instances, routes }) =>
    instances.flatMap((name) => {
      const at = members.find(({ instance }) => instance.name === name)?.instance.management ?? '';
      const urlOf = (id: string): string => quoted(`${at}/gateway/routes/${encodeURIComponent(id)}`);
      return [
        ...routes.map(
          (one) =>
            `${post} --header 'Content-Type: application/json' --data ${quoted(JSON.stringify(one))} ${urlOf(one.id)}`,
        ),
        ...removed.map((id) => `curl --fail --request DELETE ${urlOf(id)}`),
        `${post} ${quoted(`${at}/gateway/refresh`)}`,
      ];
    }),
  );
  const command = lines.join('\n');
  const patch = JSON.stringify(
    after.flatMap(({ routes }) => routes),
    null,
    2,
  );
  return { tool: 'curl', command, curl: command, patch };
}

const sayCount = (count: number): string => (count === 1 ? 'the one copy' : `${count} copies`);
