import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../../model/change.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import { refuseExpressions } from '../expressions.ts';
import { type Definition, hasExpression, weightOf, withWeight } from './definitions.ts';
import { definitionsFor, definitionsOf, type GroupDocument, readDocument } from './documents.ts';
import type { Gateway, Gateways } from './gateways.ts';
import { type GroupRoute, groupsOf, type GroupIn, routesOf } from './groups.ts';

/** What became of one copy of the gateway. */
export interface Outcome {
  readonly name: string;
  /** Null where it stores what was wanted and was told to load it. */
  readonly error: PeerError | null;
}

/**
 * Writes the routes of a group to every copy of the gateway, if each is as it was planned on; one that fails keeps no other
 * from it. Throws `PeerError` with kind `conflict` before anything is sent.
 */
export async function writeGroup(
  gateways: Gateways,
  change: Change,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const before = readDocument(change.before);
  const after = readDocument(change.after);
  refuseForged(before, after);
  const copies = await gateways.look(after.gateway, signal);
  const groups = groupsOf(copies).find(({ name }) => name === after.group)?.gateways ?? [];
  refuseMoved(before, after, copies, groups);
  const named = after.copies.flatMap(({ instances }) => instances);
  return Promise.all(
    named.map(async (name): Promise<Outcome> => {
      const copy = groups.find(({ gateway }) => gateway.name === name && gateway.problem === null);
      const wanted = definitionsFor(after, name) ?? [];
      if (copy === undefined) {
        const why = copies.find((one) => one.name === name)?.problem ?? 'it is not registered any more';
        return { name, error: new PeerError('unreachable', `${name}: ${why}`) };
      }
      try {
        await writeCopy(gateways, copy, wanted, after.group, signal);
        return { name, error: null };
      } catch (error) {
        return {
          name,
          error: error instanceof PeerError ? error : new PeerError('broken', sayError(error, 'Writing it')),
        };
      }
    }),
  );
}

/** Only weights ever differ between the two, and nothing that Spring would evaluate is sent. */
function refuseForged(before: GroupDocument, after: GroupDocument): void {
  for (const { instances, routes } of after.copies)
    for (const definition of routes) {
      if (hasExpression(definition)) refuseExpressions('#{', `Route ${definition.id}`);
      const weighed = weightOf(definition);
      if (weighed?.group !== after.group || weighed.weight === null)
        throw new PeerError(
          'refused',
          `Route ${definition.id} would have no weight in ${after.group} that a gateway loads.`,
        );
      for (const instance of instances) {
        const was = definitionsFor(before, instance)?.find(({ id }) => id === definition.id);
        if (was === undefined || !isDeepStrictEqual(withWeight(was, weighed.weight), definition))
          throw new PeerError(
            'refused',
            `Route ${definition.id} of ${instance} would change in more than its weight. Nothing was sent.`,
          );
      }
    }
}

function refuseMoved(
  before: GroupDocument,
  after: GroupDocument,
  copies: readonly Gateway[],
  groups: readonly GroupIn[],
): void {
  for (const copy of groups.filter(({ gateway }) => gateway.problem === null)) {
    const { name } = copy.gateway;
    const was = definitionsFor(before, name);
    if (was === null || definitionsFor(after, name) === null)
      throw new PeerError(
        'conflict',
        `${name} has this group too and is not part of what was reviewed. Nothing was changed. Review it again.`,
      );
    if (!isDeepStrictEqual(definitionsOf(copy), was))
      throw new PeerError(
        'conflict',
        `The routes of ${after.group} in ${name} changed meanwhile, or it restarted. Nothing was changed. Review it again.`,
      );
  }
  if (copies.length === 0)
    throw new PeerError(
      'notFound',
      `No instance of ${after.gateway} is registered now. Nothing was changed.`,
    );
}

/**
 * One copy. Stored routes are served at every refresh that the gateway makes by itself, so between two writes half of them
 * may be: what gains goes first, so that the weights never add up to nothing, and all are sent without a pause.
 */
async function writeCopy(
  gateways: Gateways,
  { gateway, routes }: GroupIn,
  wanted: readonly Definition[],
  group: string,
  signal: AbortSignal,
): Promise<void> {
  const api = await gateways.api(gateway.uid);
  const byGain = wanted
    .map((definition) => ({ definition, route: routes.find(({ id }) => id === definition.id) }))
    .sort((a, b) => gainOf(b) - gainOf(a));
  const done: GroupRoute[] = [];
  try {
    for (const { definition, route } of byGain) {
      if (route === undefined || isDeepStrictEqual(route.definition, definition)) continue;
      done.push(route);
      await putOne(gateways, gateway.uid, route, definition, group, signal);
    }
    await api.refresh(signal);
  } catch (error) {
    // Nobody knows what a write without an answer did: that is for a reading to say.
    if (error instanceof PeerError && error.kind === 'unanswered') throw error;
    throw await putBack(gateways, gateway, done, group, error);
  }
}

const gainOf = ({ definition, route }: { definition: Definition; route: GroupRoute | undefined }): number =>
  (weightOf(definition)?.weight ?? 0) - (route?.weight ?? 0);

/** Stores a definition, or takes away what lies over the very same one of a file. */
async function putOne(
  gateways: Gateways,
  uid: string,
  route: GroupRoute,
  wanted: Definition,
  group: string,
  signal: AbortSignal,
): Promise<void> {
  const api = await gateways.api(uid);
  if (isDeepStrictEqual(route.under.at(-1), wanted)) return api.remove(wanted.id, signal);
  try {
    await api.store(wanted, signal);
  } catch (error) {
    // A gateway answers 500 for an id that is no part of an address (a space, a percent sign), and has stored the route.
    const now = await gateways.read(uid, signal).catch(() => null);
    const stored = now === null ? null : routesOf(now, group).find(({ id }) => id === wanted.id)?.definition;
    if (!isDeepStrictEqual(stored, wanted)) throw error;
  }
}

/** Each route that may have been written is made what it was; says in words whether that worked. */
async function putBack(
  gateways: Gateways,
  { uid, name }: Gateway,
  done: readonly GroupRoute[],
  group: string,
  cause: unknown,
): Promise<PeerError> {
  const signal = AbortSignal.timeout(15_000);
  const why = sayError(cause, 'Writing it');
  try {
    const api = await gateways.api(uid);
    const now = routesOf(await gateways.read(uid, signal), group);
    for (const { id, definition, under } of [...done].reverse()) {
      const there = now.find((route) => route.id === id);
      if (definition === null || isDeepStrictEqual(there?.definition, definition)) continue;
      // One more of this id than before: the one before it is a file's, and comes out again from under it.
      if ((there?.under.length ?? 0) > under.length) await api.remove(id, signal);
      else await api.store(definition, signal);
    }
    if (done.length > 0) await api.refresh(signal).catch(() => undefined);
    return new PeerError('refused', `${name}: ${why} Its routes were put back.`, { cause });
  } catch (error) {
    return new PeerError(
      'unanswered',
      `${name}: ${why} And putting its routes back failed: ${sayError(error, 'Putting back')}`,
      { cause },
    );
  }
}
