import type { GraphService } from '../model/graph.ts';
import type { GreyRoute } from '../model/routing.ts';
import { isCaller } from './heldTrips.ts';

/**
 * Who is on what besides the weights, in one short line for the card of the service: "x-user-group beta → v2, +2 more"; null
 * where nobody is.
 */
export function greyLine(routes: readonly GreyRoute[], serviceName: string): string | null {
  // Who is moved is told before who is copied.
  const [first, ...more] = routes.toSorted(
    (a, b) => Number(a.kind === 'mirror') - Number(b.kind === 'mirror'),
  );
  if (first === undefined) return null;
  // The card names the service already.
  const own = `${serviceName} `;
  const said = sayRoute({ ...first, to: first.to.startsWith(own) ? first.to.slice(own.length) : first.to });
  return more.length === 0 ? said : `${said}, +${more.length} more`;
}

/**
 * On what one caller's calls are because of who calls: "order is on v2 by route beta". The routes of a split are tried in
 * order, so that the first which takes all calls of the caller is the last that is told.
 */
export function greyCallerLines(
  routes: readonly GreyRoute[],
  caller: Pick<GraphService, 'namespace' | 'name'>,
): string[] {
  const lines: string[] = [];
  const taken = new Set<string>();
  for (const { kind, splitId, match, to, name } of routes) {
    if (taken.has(splitId)) continue;
    if (kind === 'mirror' || match?.caller == null || !isCaller(match.caller, caller)) continue;
    const isWhole = match.headers.length === 0 && match.cookie === null;
    const who = isWhole ? `${caller.name} is` : `calls of ${caller.name} with ${conditionsOf(match)} are`;
    lines.push(`${who} on ${to} by route ${name}`);
    if (isWhole) taken.add(splitId);
  }
  return lines;
}

function sayRoute({ kind, match, matchText, to, percent }: GreyRoute): string {
  if (kind === 'mirror') return percent === null ? `mirrored to ${to}` : `mirrored ${percent} % to ${to}`;
  if (match === null) return `${matchText} → ${to}`;
  const who = [match.caller?.name ?? '', conditionsOf(match)].filter((word) => word !== '').join(', ');
  return `${who === '' ? matchText : who} → ${to}`;
}

function conditionsOf({ headers, cookie }: NonNullable<GreyRoute['match']>): string {
  const words = headers.map(({ name, value, how }) => `${name} ${value}${how === 'prefix' ? '…' : ''}`);
  return [...words, ...(cookie === null ? [] : [`${cookie.name} ${cookie.value}`])].join(', ');
}
