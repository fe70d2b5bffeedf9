import type { Expectation, Guard, InProxies } from '../../../model/change.ts';
import type { SetRouting } from '../../../model/operation.ts';
import type { Split, SplitDestination } from '../../../model/weights.ts';
import { greyName } from '../../kit/greyMatch.ts';
import { PeerError } from '../../kit/peerError.ts';
import { destinationGuard, guardOf } from '../../kit/splitGuards.ts';
import type { Entry } from '../entries.ts';
import { type Edit, protocolGuards } from '../entryWrites/change.ts';
import { type Content, contentOrNew, isBare, listOf, metaOf, withMeta } from '../entryWrites/content.ts';
import type { EntryProposal, EntryProposer } from '../entryWrites/control.ts';
import { find } from '../entryWrites/write.ts';
import { readHeld } from '../isolation/marker.ts';
import type { Registry } from '../registry.ts';
import { type RouterRoute, routesIn, sayRoute, takesAll, targetOf, textAt } from '../routes.ts';
import { readSplits } from '../splits.ts';
import { namedRoute, withName } from './greyRoutes.ts';
import { httpOf, shadowOf } from './match.ts';

type Add = Extract<SetRouting['change'], { kind: 'addRoute' }>;

/** Grey routes, written into the service-router before what takes all other requests. */
export function createRoutingProposer(registry: Registry): EntryProposer<SetRouting> {
  const splitOf = (splitId: string): Split => {
    const split = readSplits(registry).find((one) => one.id === splitId);
    if (split !== undefined) return split;
    throw new PeerError('notFound', 'This split is gone: its entry no longer exists. Look at the map again.');
  };
  return {
    async propose({ splitId, revision, change }, signal) {
      const split = splitOf(splitId);
      const before = await find(registry, 'service-router', split.document.name, signal);
      const proposed =
        change.kind === 'addRoute'
          ? proposeAdd(split, before, change)
          : change.kind === 'removeRoute'
            ? proposeRemove(split, before, change.routeName)
            : refuseMirror();
      return {
        ...proposed,
        guards: [
          ...movedGuards(split, revision),
          ...(await protocolGuards(registry, split.hosts[0] ?? '', signal)),
          ...proposed.guards,
        ],
      };
    },
    meaningOfUndo({ splitId, change }, [edit]) {
      const split = splitOf(splitId);
      const [from, to] = [edit?.before?.content ?? {}, edit?.after ?? {}];
      const name =
        change.kind === 'addRoute'
          ? greyName(change.name)
          : change.kind === 'removeRoute'
            ? change.routeName
            : '';
      const [gone, back] = [namedRoute(from, name), namedRoute(to, name)];
      const route = gone ?? back;
      return {
        title: `Routes of ${split.document.name} as they were before`,
        expectation: route === null ? unmeasured(split) : expectationOf(split, route, gone === null),
        notes: [],
      };
    },
  };
}

const refuseMirror = (): never => {
  throw new PeerError(
    'refused',
    'Consul’s service-routers copy no requests: there is no mirroring to set up.',
  );
};

function proposeAdd(split: Split, before: Entry | null, change: Add): EntryProposal {
  const service = split.document.name;
  const content = contentOrNew(before, 'service-router', service);
  const name = greyName(change.name);
  if (metaOf(content).has(name))
    throw new PeerError('refused', `A route called ${name} is there already. Give this one another name.`);
  const destination = destinationAt(split, change.destination);
  const routes = routesIn(content);
  const held = heldRoutes(content);
  const rest = routes.find((route) => route.index >= held && takesAll(route));
  const http = httpOf(change.match);
  const made = {
    Match: { HTTP: http },
    // What else holds for calls of the service (its time-out, its retries) holds for these too.
    Destination: { ...otherwise(rest, service), ...targetFor(split, destination) },
  };
  const route: RouterRoute = {
    index: rest?.index ?? routes.length,
    raw: made,
    http,
    destination: made.Destination,
  };
  const meta = withName(metaOf(content), name, route);
  if (meta.size > 64 || new TextEncoder().encode(meta.get(name)).length > 512)
    throw new PeerError('refused', 'The Meta of the service-router has no room for the name of this route.');
  const after = withMeta(
    { ...content, Routes: listOf(content['Routes']).toSpliced(route.index, 0, made) },
    meta,
  );
  return {
    title: `Send ${service} calls to ${destination.title} where ${sayRoute(route)}`,
    edits: [editOf(service, before, after)],
    guards: [
      destinationGuard(destination, false),
      ...shadowGuards(
        routes.filter(({ index }) => index >= held && index < route.index),
        route,
      ),
      ...(held === 0
        ? []
        : [
            guardOf(
              'held',
              'tick',
              `A trip diverts every call of ${service} now`,
              'This route takes its requests once the trip has ended.',
            ),
          ]),
    ],
    expectation: expectationOf(split, route, true),
    notes: notesOf(change, destination.title),
  };
}

function proposeRemove(split: Split, before: Entry | null, name: string): EntryProposal {
  const service = split.document.name;
  const content = before?.content ?? {};
  const route = namedRoute(content, name);
  if (route === null)
    throw new PeerError(
      'refused',
      `No grey route called “${name}” of Podium’s stands in the service-router of ${service}. Routes have no names in Consul; edit the entry for others.`,
    );
  const meta = new Map([...metaOf(content)].filter(([key]) => key !== name));
  const left = withMeta({ ...content, Routes: listOf(content['Routes']).toSpliced(route.index, 1) }, meta);
  const { Routes: _, ...others } = left;
  const gone = routesIn(left).length === 0 && isBare(others);
  return {
    title: `End the grey route ${name} of ${service}`,
    edits: [editOf(service, before, gone ? null : left)],
    guards: [],
    expectation: expectationOf(split, route, false),
    notes: [`Requests for which ${sayRoute(route)} are divided by the weights again.`],
  };
}

const editOf = (name: string, before: Entry | null, after: Content | null): Edit => ({
  kind: 'service-router',
  name,
  before,
  after,
});

/** Routes at the front that trips put there: what comes before them would escape the trip. */
const heldRoutes = (content: Content): number =>
  readHeld(metaOf(content)).filter(({ was }) => was.kind === 'route').length;

function destinationAt(split: Split, index: number): SplitDestination {
  const found = split.destinations.find((one) => one.index === index);
  if (found !== undefined) return found;
  throw new PeerError('refused', 'The splitter has no such destination any more. Look at it again.');
}

/** Where the route leads. A service as a whole is divided by its splitter again, so only a part of it will do. */
function targetFor(split: Split, { host, subset }: SplitDestination): Content {
  const isOwn = split.hosts.includes(host);
  if (isOwn && subset === null)
    throw new PeerError(
      'refused',
      `This destination is ${split.document.name} as a whole, which the splitter divides again: name a subset in the service-resolver first.`,
    );
  return {
    ...(isOwn ? {} : { Service: host.split('.')[0] ?? '' }),
    ...(subset === null ? {} : { ServiceSubset: subset }),
  };
}

function otherwise(rest: RouterRoute | undefined, service: string): Content {
  if (rest === undefined || targetOf(rest, service).service !== service) return {};
  const { Service: _, ServiceSubset: _subset, ...kept } = rest.destination;
  return kept;
}

/** Earlier routes that take some or all of the requests that the new one is meant for. */
function shadowGuards(earlier: readonly RouterRoute[], made: RouterRoute): Guard[] {
  const all = earlier.find(({ http }) => shadowOf(http, made.http) === 'all');
  if (all !== undefined)
    return [
      guardOf(
        'shadowed',
        'block',
        `Route ${all.index + 1} takes these requests first`,
        `Routes are tried in order, and it stands before: ${sayRoute(all)}.`,
      ),
    ];
  const some = earlier.filter(({ http }) => shadowOf(http, made.http) === 'some');
  return some.length === 0
    ? [guardOf('shadowed', 'pass', 'No earlier route takes these requests')]
    : [
        guardOf(
          'shadowed',
          'tick',
          `Requests that also fit ${some.map(({ index }) => `route ${index + 1}`).join(', ')} go there`,
          some.map(sayRoute).join('; ').slice(0, 300),
        ),
      ];
}

/** Fences are the router's own; the splitter only says which destinations there are. */
function movedGuards(split: Split, revision: string): Guard[] {
  return split.revision === revision
    ? []
    : [
        guardOf(
          'seen',
          'tick',
          `The weights of ${split.document.name} were changed since you looked`,
          'See that the destination is still the one that is meant.',
        ),
      ];
}

const notTold =
  'Proxies count calls by where they go, not by the route that sent them there: what took this route is counted with all others.';

const unmeasured = (split: Split): Extract<Expectation, { kind: 'unmeasured' }> => ({
  kind: 'unmeasured',
  host: split.hosts[0] ?? null,
  why: notTold,
});

function expectationOf(split: Split, route: RouterRoute, present: boolean): Expectation {
  const host = split.hosts[0] ?? '';
  const { service, subset } = targetOf(route, split.document.name);
  const to = split.destinations.find((one) => one.host.startsWith(`${service}.`))?.host ?? host;
  return {
    ...unmeasured(split),
    inProxies: {
      namespace: split.document.namespace,
      caller: null,
      route: { ...askedOf(route), to: { host: to, subset }, present },
    },
  };
}

function askedOf({ http }: RouterRoute): Pick<NonNullable<InProxies['route']>, 'path' | 'headers'> {
  const [exact, prefix] = [textAt(http, 'PathExact'), textAt(http, 'PathPrefix')];
  const ways = { Exact: 'exact', Prefix: 'prefix', Regex: 'regex' } as const;
  return {
    path:
      exact !== null
        ? { how: 'exact', value: exact }
        : prefix !== null
          ? { how: 'prefix', value: prefix }
          : null,
    headers: listOf(http['Header']).flatMap((one) =>
      Object.entries(ways).flatMap(([key, how]) => {
        const value = textAt(one, key);
        return value === null ? [] : [{ name: textAt(one, 'Name') ?? '', how, value }];
      }),
    ),
  };
}

function notesOf({ match }: Add, to: string): string[] {
  const notes = [`All requests that fit go to ${to}, whatever the weights say, of every caller.`];
  if (match.headers.length > 0 || match.cookie !== null)
    notes.push(
      'Only requests that still carry it on this call: a caller in between has to pass it on. Any client may send it.',
    );
  return notes;
}
