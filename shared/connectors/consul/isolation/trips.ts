import type { Trip } from '../../../model/operation.ts';
import type { CallTarget, TripMechanism } from '../../../model/trip.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Entry } from '../entries.ts';
import type { Registry } from '../registry.ts';
import type { Edit } from '../entryWrites/change.ts';
import {
  type Content,
  contentOrNew,
  isBare,
  isFor,
  listOf,
  metaOf,
  overridesOf,
  withMeta,
  withOverrides,
} from '../entryWrites/content.ts';
import { find } from '../entryWrites/write.ts';
import { callersOf, serviceOf } from '../services.ts';
import { type Held, withHeld, withoutHeld } from './marker.ts';

/**
 * No call at all: a limit that is 0 on every count. Consul gives 0 and an absent limit one hash and tells no proxy of such a
 * change alone; the marker in Meta, which comes and goes with the limits, makes it another entry each time.
 */
const none = { MaxConnections: 0, MaxPendingRequests: 0, MaxConcurrentRequests: 0 } as const;

/** Why a call cannot be tripped in one way, in words for the operator; null where it can. */
export function hindranceOf(registry: Registry, call: CallTarget, how: TripMechanism['kind']): string | null {
  const callee = serviceOf(registry, call.host);
  if (callee === null) return `No service of ${registry.datacenter} is known by ${call.host}.`;
  const callers = callersOf(registry, callee);
  switch (how) {
    case 'breaker':
      return 'A mesh has no breakers to force open: they are in the callers themselves.';
    case 'runtime':
      return 'What proxies have in memory is set in them, and not through Consul.';
    case 'block':
      return 'A mesh has no rules of Sentinel’s: they are in the applications themselves.';
    case 'refuse':
      if (callers.length === 0)
        return `No sidecar is told to reach ${callee}, so none would refuse its calls.`;
      return call.caller === null || callers.includes(call.caller.name)
        ? null
        : `No sidecar of ${call.caller.name} is told to reach ${callee}.`;
    case 'divert':
      return call.caller === null
        ? null
        : `A service-router holds for every caller of ${callee}: Consul cannot divert those of one.`;
    case 'deny':
      return null;
  }
}

/** The entries of a trip. Reads only. */
export async function editsOfTrip(
  registry: Registry,
  { call, mechanism }: Trip,
  held: Omit<Held, 'made' | 'was'>,
  signal: AbortSignal,
): Promise<Edit[]> {
  const callee = serviceOf(registry, call.host) ?? '';
  switch (mechanism.kind) {
    case 'refuse': {
      if (mechanism.status !== 503)
        throw new PeerError('refused', 'A limit of Consul’s proxies refuses with 503 and no other status.');
      const callers = call.caller === null ? callersOf(registry, callee) : [call.caller.name];
      return await Promise.all(
        callers.map(async (caller) =>
          limitEdit(await find(registry, 'service-defaults', caller, signal), caller, callee, held),
        ),
      );
    }
    case 'divert': {
      if (mechanism.to.kind === 'answer')
        throw new PeerError('refused', 'Consul’s proxies give no fixed answers: divert to a service.');
      const to = serviceOf(registry, mechanism.to.host);
      if (to === null)
        throw new PeerError(
          'refused',
          `No service of ${registry.datacenter} is known by ${mechanism.to.host}.`,
        );
      if (to === callee && mechanism.to.subset === null)
        throw new PeerError(
          'refused',
          `${callee} cannot stand in for itself: choose another service or version.`,
        );
      return [
        routeEdit(await find(registry, 'service-router', callee, signal), callee, held, {
          ...(to === callee ? {} : { Service: to }),
          ...(mechanism.to.subset === null ? {} : { ServiceSubset: mechanism.to.subset }),
        }),
      ];
    }
    case 'deny':
      return [
        denyEdit(
          await find(registry, 'service-intentions', callee, signal),
          callee,
          call.caller?.name ?? null,
          held,
        ),
      ];
    case 'breaker':
    case 'runtime':
    case 'block':
      throw new PeerError('refused', 'A mesh has no breakers to force open, and no rules in applications.');
  }
}

type Bare = Omit<Held, 'made' | 'was'>;

function marked(content: Content, held: Held): Content {
  const meta = withHeld(metaOf(content), held);
  if (meta !== null) return withMeta(content, meta);
  throw new PeerError(
    'refused',
    `The Meta of ${String(content['Kind'])} ${String(content['Name'])} has no room for what another Podium needs to end this trip.`,
  );
}

function limitEdit(before: Entry | null, caller: string, callee: string, held: Bare): Edit {
  const content = contentOrNew(before, 'service-defaults', caller);
  const overrides = overridesOf(content);
  const own = overrides.find(isFor(callee));
  const limits = (own?.['Limits'] ?? null) as Record<string, number> | null;
  const next =
    own === undefined
      ? [...overrides, { Name: callee, Limits: none }]
      : overrides.map((one) => (one === own ? { ...one, Limits: none } : one));
  return {
    kind: 'service-defaults',
    name: caller,
    before,
    after: marked(withOverrides(content, next), {
      ...held,
      made: before === null,
      was: { kind: 'limits', callee, override: own !== undefined, limits },
    }),
  };
}

const everything = { HTTP: { PathPrefix: '/' } } as const;

function routeEdit(before: Entry | null, callee: string, held: Bare, destination: Content): Edit {
  const content = contentOrNew(before, 'service-router', callee);
  // The first route that fits is taken, so ours goes before all others.
  const routes = [{ Match: everything, Destination: destination }, ...listOf(content['Routes'])];
  return {
    kind: 'service-router',
    name: callee,
    before,
    after: marked({ ...content, Routes: routes }, { ...held, made: before === null, was: { kind: 'route' } }),
  };
}

function denyEdit(before: Entry | null, callee: string, caller: string | null, held: Bare): Edit {
  const content = contentOrNew(before, 'service-intentions', callee);
  const sources = listOf(content['Sources']);
  const isMeant = ({ Name, Peer }: Content): boolean => (caller === null || Name === caller) && !Peer;
  const meant = sources.filter(isMeant);
  if (meant.some(({ Permissions }) => listOf(Permissions).length > 0))
    throw new PeerError(
      'refused',
      `An intention for ${callee} tells single requests apart; a trip could not put that back. Divert the call instead.`,
    );
  const name = caller ?? '*';
  const added = meant.some(({ Name }) => Name === name) ? null : name;
  const next = sources.map((one) => (isMeant(one) ? { ...one, Action: 'deny' } : one));
  return {
    kind: 'service-intentions',
    name: callee,
    before,
    after: marked(
      { ...content, Sources: added === null ? next : [...next, { Name: added, Action: 'deny' }] },
      {
        ...held,
        made: before === null,
        was: {
          kind: 'sources',
          denied: meant.map((one) => ({
            name: String(one['Name']),
            action: one['Action'] === 'allow' ? 'allow' : 'deny',
          })),
          added,
        },
      },
    ),
  };
}

/** The entry without one trip; null where nothing but what was made for it would be left. */
export function withoutTrip(content: Content, held: Held): Content | null {
  const { was } = held;
  const bare = withMeta(content, withoutHeld(metaOf(content), held.token));
  const left = ((): Content => {
    switch (was.kind) {
      case 'limits': {
        const overrides = overridesOf(bare).flatMap((one) => {
          if (!isFor(was.callee)(one)) return [one];
          const { Limits: _, ...rest } = one;
          if (!was.override) return [];
          return [was.limits === null ? rest : { ...rest, Limits: was.limits }];
        });
        return withOverrides(bare, overrides);
      }
      case 'route': {
        const routes = listOf(bare['Routes']);
        const ours = routes.findIndex((one) => isOurRoute(one, held));
        return { ...bare, Routes: routes.filter((_, index) => index !== ours) };
      }
      case 'sources': {
        const sources = listOf(bare['Sources']).flatMap((one) => {
          if (one['Name'] === was.added) return [];
          const before = was.denied.find(({ name }) => name === one['Name']);
          return [before === undefined ? one : { ...one, Action: before.action }];
        });
        return { ...bare, Sources: sources };
      }
    }
  })();
  const empty = listOf(left['Routes']).length === 0 && listOf(left['Sources']).length === 0;
  const { Routes: _routes, Sources: _sources, ...rest } = left;
  const gone = was.kind === 'limits' ? held.made && isBare(left) : empty && (held.made || isBare(rest));
  return gone ? null : left;
}

function isOurRoute(route: Content, { mechanism, host }: Held): boolean {
  if (mechanism.kind !== 'divert' || mechanism.to.kind !== 'service') return false;
  const { Service = '', ServiceSubset = '' } = (route['Destination'] ?? {}) as Content;
  const http = ((route['Match'] ?? {}) as Content)['HTTP'] as Content | undefined;
  const to = mechanism.to.host === host ? '' : (mechanism.to.host.split('.')[0] ?? '');
  return (
    http?.['PathPrefix'] === '/' &&
    String(Service).toLowerCase() === to &&
    ServiceSubset === (mechanism.to.subset ?? '')
  );
}

/** Whether an entry does what a trip put into it. */
export function isInForce(content: Content, held: Held): boolean {
  const { was } = held;
  switch (was.kind) {
    case 'limits': {
      const limits = (overridesOf(content).find(isFor(was.callee))?.['Limits'] ?? {}) as Content;
      return limits['MaxConcurrentRequests'] === 0;
    }
    case 'route': {
      const [first] = listOf(content['Routes']);
      return first !== undefined && isOurRoute(first, held);
    }
    case 'sources': {
      const names = new Set([
        ...was.denied.map(({ name }) => name),
        ...(was.added === null ? [] : [was.added]),
      ]);
      return listOf(content['Sources']).every(
        ({ Name, Action }) => !names.has(String(Name)) || Action === 'deny',
      );
    }
  }
}
