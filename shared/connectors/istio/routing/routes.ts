import type { GreyMatch, SetRouting } from '../../../model/operation.ts';
import type { SplitDestination } from '../../../model/weights.ts';
import { greyName } from '../../kit/greyMatch.ts';
import { PeerError } from '../../kit/peerError.ts';
import { destinationGuard, type Weights } from '../../kit/splitGuards.ts';
import { listAt, textAt } from '../../kube/objects.ts';
import type { Mesh } from '../mesh.ts';
import { sayMatch } from '../matchText.ts';
import type { Fresh } from '../plan.ts';
import { subjectOf } from '../splits.ts';
import { type Conditions, conditionsOf, withConditions } from './conditions.ts';
import { notTold, type RoutingEdit, wholeCaller, withRoutes } from './edit.ts';
import { greyRoutesOf } from './greyRoutes.ts';
import { documentGuards, shadowGuards } from './guards.ts';

type Add = Extract<SetRouting['change'], { kind: 'addRoute' }>;
type Remove = Extract<SetRouting['change'], { kind: 'removeRoute' }>;

/** Puts a route for some requests right before the split's own, which goes on taking all others. */
export function proposeAdd(mesh: Mesh, fresh: Fresh, change: Add): RoutingEdit {
  const { document, route, split } = fresh;
  const name = greyName(change.name);
  const destination = destinationAt(fresh, change.destination);
  const written = listAt(document, 'spec', 'http');
  if (written.some((one) => textAt(one, 'name') === name))
    throw new PeerError('refused', `A route called ${name} is there already. Give this one another name.`);
  const conditions = conditionsOf(mesh, change.match);
  const made = greyRoute(route.raw, name, conditions, change.destination);
  const after = withRoutes(document, [...written.slice(0, route.index), made, ...written.slice(route.index)]);
  const match = sayMatch(listAt(made, 'match'));
  return {
    after,
    title: `Send ${subjectOf(split)} calls to ${destination.title} where ${match}`,
    guards: [
      destinationGuard(destination, false),
      ...shadowGuards(fresh, made),
      ...documentGuards(mesh, fresh, change.match),
    ],
    notes: notesOf(change.match, destination.title),
    why: notTold,
    ...countedOf(
      change.match,
      split.destinations.map(({ index }) => (index === change.destination ? 1 : 0)),
    ),
  };
}

/** Takes one grey route away; its requests go where the weights say from then on. */
export function proposeRemove(mesh: Mesh, fresh: Fresh, change: Remove): RoutingEdit {
  const { document, split } = fresh;
  const written = listAt(document, 'spec', 'http');
  const named = written.filter((one) => textAt(one, 'name') === change.routeName);
  const grey = greyRoutesOf(mesh, document, () => null).find(
    (one) => one.kind === 'route' && one.splitId === split.id && one.name === change.routeName,
  );
  if (grey === undefined || named.length !== 1)
    throw new PeerError(
      'refused',
      `No grey route called “${change.routeName}” stands before this split. Only such routes are taken away here; edit the document for others.`,
    );
  return {
    after: withRoutes(
      document,
      written.filter((one) => one !== named[0]),
    ),
    title: `End the grey route ${change.routeName} of ${subjectOf(split)}`,
    guards: [
      ...(grey.ours
        ? []
        : [
            {
              id: 'not-ours',
              verdict: 'tick' as const,
              title: `Podium did not make the route ${change.routeName}`,
              detail: 'Someone else put it there, and may rely on it.',
            },
          ]),
      ...documentGuards(mesh, fresh, null).filter(({ id }) => id === 'siblings'),
    ],
    notes: [`Requests for which ${grey.matchText} are divided by the weights again.`],
    why: notTold,
    ...countedOf(
      grey.match,
      split.destinations.map(({ weight }) => weight),
    ),
  };
}

function countedOf(match: GreyMatch | null, weights: Weights): Pick<RoutingEdit, 'counted'> {
  const caller = wholeCaller(match);
  return caller === null ? {} : { counted: { caller, weights } };
}

/** The destination at a position of the split. Throws `PeerError` for one that is not there. */
export function destinationAt({ split }: Fresh, index: number): SplitDestination {
  const found = split.destinations.find((one) => one.index === index);
  if (found === undefined)
    throw new PeerError('refused', 'The route has no such destination any more. Look at it again.');
  return found;
}

/** Of the split's own route these hold for its own requests only; all else (time-out, retries, rewrite) holds here too. */
const ownOnly = new Set([
  'name',
  'match',
  'route',
  'mirror',
  'mirrors',
  'mirrorPercentage',
  'mirrorPercent',
  'mirror_percent',
]);

function greyRoute(raw: unknown, name: string, conditions: Conditions, destination: number): object {
  const match = listAt(raw, 'match');
  const kept = Object.entries(typeof raw === 'object' && raw !== null ? raw : {}).filter(
    ([key]) => !ownOnly.has(key),
  );
  const target = listAt(raw, 'route')[destination];
  const { weight: _, ...rest } = Object.fromEntries(
    Object.entries(typeof target === 'object' && target !== null ? target : {}),
  ) as Record<string, unknown>;
  return structuredClone({
    name,
    match: (match.length === 0 ? [{}] : match).map((entry) => withConditions(entry, conditions)),
    route: [rest],
    ...Object.fromEntries(kept),
  });
}

function notesOf(match: GreyMatch, to: string): string[] {
  const notes = [`All requests that fit go to ${to}, whatever the weights say.`];
  if (match.headers.length > 0 || match.cookie !== null)
    notes.push(
      'Only requests that still carry it on this call: a caller in between has to pass it on. Any client may send it.',
    );
  return notes;
}
