import { isDeepStrictEqual } from 'node:util';
import type { GreyMatch } from '../../../model/operation.ts';
import type { GreyRoute } from '../../../model/routing.ts';
import { PeerError } from '../../kit/peerError.ts';
import { refuseExpressions } from '../expressions.ts';
import { type Definition, sayConditions, weightOf } from './definitions.ts';
import type { Gateways } from './gateways.ts';
import { type Group, groupsOf } from './groups.ts';
import { refOf, splitIdOf, splitOf } from './splits.ts';

type Predicate = Definition['predicates'][number];

/** The ids of routes that Podium makes begin so. */
const ours = 'podium.';

export const greyIdOf = (name: string): string => `${ours}${name}`;
export const isOurs = (id: string): boolean => id.startsWith(ours);

/** A route like that of a destination, without its weight, before it, and only for some requests. Throws `PeerError`. */
export function greyDefinition(id: string, base: Definition, order: number, match: GreyMatch): Definition {
  return {
    ...base,
    id,
    order,
    predicates: [...base.predicates.filter(({ name }) => name !== 'Weight'), ...predicatesOf(match)],
  };
}

function predicatesOf({ headers, cookie, caller, path }: GreyMatch): Predicate[] {
  if (caller !== null || path !== undefined)
    throw new PeerError(
      'refused',
      'A gateway knows no callers by name, and a route beside a group keeps its path. Route by a header or a cookie.',
    );
  if (headers.length === 0 && cookie === null)
    throw new PeerError(
      'refused',
      'A grey route needs a condition: a header or a cookie. Without one it takes all calls.',
    );
  const named = (kind: string, name: string, value: string, regexp: string): Predicate => {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      throw new PeerError('refused', `“${name}” is not the name of a ${kind.toLowerCase()}.`);
    if (!/^[\x20-\x7e]+$/.test(value))
      throw new PeerError('refused', `“${value}” is not a value that a request can carry.`);
    for (const text of [name, value]) refuseExpressions(text, `The ${kind.toLowerCase()} ${name}`);
    return { name: kind, args: { [kind === 'Header' ? 'header' : 'name']: name, regexp } };
  };
  return [
    ...headers.map(({ name, value, how }) =>
      named('Header', name, value, `${quoted(value)}${how === 'prefix' ? '.*' : ''}`),
    ),
    ...(cookie === null ? [] : [named('Cookie', cookie.name, cookie.value, quoted(cookie.value))]),
  ];
}

/** A gateway compares whole values with regular expressions of Java's. */
const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The plain text of such an expression; null for any other. */
function unquoted(regexp: string): string | null {
  const text = regexp.replace(/\\([\\^$.*+?()[\]{}|])/g, '$1');
  return quoted(text) === regexp ? text : null;
}

/** What these predicates ask for, as the form has it; null where that is more than it can say. */
function readMatch(predicates: readonly Predicate[]): GreyMatch | null {
  const headers: GreyMatch['headers'] = [];
  let cookie: GreyMatch['cookie'] = null;
  for (const { name: kind, args } of predicates) {
    const name = textOf(args['header'] ?? args['name'] ?? args['_genkey_0']);
    const regexp = textOf(args['regexp'] ?? args['_genkey_1']);
    const isPrefix = regexp.endsWith('.*') && !regexp.endsWith('\\.*');
    const value = unquoted(isPrefix ? regexp.slice(0, -2) : regexp);
    if (name === '' || value === null || value === '') return null;
    if (kind === 'Header') headers.push({ name, value, how: isPrefix ? 'prefix' : 'exact' });
    else if (kind === 'Cookie' && cookie === null && !isPrefix) cookie = { name, value };
    else return null;
  }
  return headers.length > 8 ? null : { headers, cookie, caller: null };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Routes of every copy that take some requests before a group divides the rest, in the shape of its own. */
export function readGreyRoutes(gateways: Gateways): GreyRoute[] {
  return groupsOf(gateways.all()).flatMap((group) => greyRoutesOf(gateways, group));
}

function greyRoutesOf(gateways: Gateways, group: Group): GreyRoute[] {
  const split = splitOf(gateways, group);
  if (split === null) return [];
  const found = new Map<string, { route: GreyRoute; in: string[] }>();
  for (const { gateway, routes } of group.gateways)
    for (const definition of gateway.table?.definitions ?? []) {
      const added = addedTo(
        definition,
        routes.flatMap((one) => one.definition ?? []),
      );
      if (added === null) continue;
      const known = found.get(definition.id);
      if (known !== undefined) known.in.push(gateway.name);
      else found.set(definition.id, { in: [gateway.name], route: routeOf(definition, added.predicates) });
      function routeOf({ id }: Definition, predicates: readonly Predicate[]): GreyRoute {
        const at = routes.findIndex((one) => one.definition?.uri === definition.uri);
        return {
          id: `${splitIdOf(group)}#${id}`,
          kind: 'route',
          connectionId: split?.connectionId ?? '',
          document: refOf(split?.connectionId ?? '', group),
          revision: split?.revision ?? '',
          splitId: splitIdOf(group),
          name: id,
          match: readMatch(predicates),
          matchText: sayConditions({ ...definition, predicates: [...predicates] }),
          to: split?.destinations[at]?.title ?? definition.uri,
          destination: at === -1 ? null : at,
          percent: null,
          ours: isOurs(id),
        };
      }
    }
  const all = group.gateways.length;
  return [...found.values()].map(({ route, in: copies }) =>
    copies.length === all
      ? route
      : {
          ...route,
          matchText: `${route.matchText} · only in ${copies.join(', ')}, ${copies.length} of ${all} copies`,
        },
  );
}

/** The predicates that such a route has beside those of the group; null where it is none. */
function addedTo(definition: Definition, group: readonly Definition[]): { predicates: Predicate[] } | null {
  if (weightOf(definition) !== null) return null;
  const base = group.find(({ uri }) => uri === definition.uri);
  if (base === undefined || definition.order >= base.order) return null;
  const common = base.predicates.filter(({ name }) => name !== 'Weight');
  const isCommon = (predicate: Predicate): boolean => common.some((one) => isDeepStrictEqual(one, predicate));
  const predicates = definition.predicates.filter((predicate) => !isCommon(predicate));
  return predicates.length > 0 && predicates.length === definition.predicates.length - common.length
    ? { predicates }
    : null;
}
