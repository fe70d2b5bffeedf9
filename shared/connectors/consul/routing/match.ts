import type { GreyMatch } from '../../../model/operation.ts';
import { headersOf, readCookiePattern } from '../../kit/greyMatch.ts';
import { PeerError } from '../../kit/peerError.ts';
import { type Content, listOf } from '../entryWrites/content.ts';
import { textAt } from '../routes.ts';

const refused = (why: string): PeerError => new PeerError('refused', why);

/** `Match.HTTP` of a service-router for what an operator asked for. Throws `PeerError` for what it cannot say. */
export function httpOf(match: GreyMatch): Content {
  if (match.caller !== null)
    throw refused(
      'A service-router holds for every caller of a service: Consul cannot route the calls of one alone. Have the caller send a header, and route by that.',
    );
  const headers = [...headersOf(match)].map(([Name, { how, value }]) => ({
    Name,
    [how === 'exact' ? 'Exact' : how === 'prefix' ? 'Prefix' : 'Regex']: value,
  }));
  if (headers.length === 0 && match.path === undefined)
    throw refused(
      'A grey route needs a condition: a header, a cookie or a path. Without one it takes all calls.',
    );
  return {
    ...(headers.length === 0 ? {} : { Header: headers }),
    ...(match.path === undefined ? {} : pathOf(match.path)),
  };
}

function pathOf({ value, how }: NonNullable<GreyMatch['path']>): Content {
  if (!/^\/[\x21-\x7e]*$/.test(value) || /[?#]/.test(value))
    throw refused(`“${value}” is not a path: it begins with / and holds no query.`);
  if (how === 'prefix' && value === '/')
    throw refused('Every path begins with /: such a route takes all calls.');
  return how === 'exact' ? { PathExact: value } : { PathPrefix: value };
}

/** What a route asks for, as the form has it; null where that is more than it can say. */
export function readMatch(http: Content): GreyMatch | null {
  const known = new Set(['Header', 'PathExact', 'PathPrefix']);
  if (Object.keys(http).some((key) => !known.has(key))) return null;
  const headers: GreyMatch['headers'] = [];
  let cookie: GreyMatch['cookie'] = null;
  for (const one of listOf(http['Header'])) {
    const name = textAt(one, 'Name') ?? '';
    const [exact, prefix, regex] = [textAt(one, 'Exact'), textAt(one, 'Prefix'), textAt(one, 'Regex')];
    if (one['Invert'] === true) return null;
    if (exact !== null) headers.push({ name, value: exact, how: 'exact' });
    else if (prefix !== null) headers.push({ name, value: prefix, how: 'prefix' });
    else {
      if (cookie !== null || regex === null || name.toLowerCase() !== 'cookie') return null;
      cookie = readCookiePattern(regex);
      if (cookie === null) return null;
    }
  }
  if (headers.length > 8) return null;
  const [exact, prefix] = [textAt(http, 'PathExact'), textAt(http, 'PathPrefix')];
  return {
    headers,
    cookie,
    caller: null,
    ...(exact !== null
      ? { path: { value: exact, how: 'exact' } }
      : prefix !== null
        ? { path: { value: prefix, how: 'prefix' } }
        : {}),
  };
}

/** How an earlier route stands to a later one: takes all of its requests, may take some, or none that can be told. */
export function shadowOf(earlier: Content, later: Content): 'all' | 'some' | 'none' {
  const [theirs, ours] = [readMatch(earlier), readMatch(later)];
  if (theirs === null || ours === null) return 'some';
  const pairs = theirs.headers.map((their) => ({
    their,
    our: ours.headers.find(({ name }) => name.toLowerCase() === their.name.toLowerCase()),
  }));
  const cookies = theirs.cookie === null || JSON.stringify(theirs.cookie) === JSON.stringify(ours.cookie);
  const path = theirs.path === undefined || (ours.path !== undefined && implies(ours.path, theirs.path));
  if (path && cookies && pairs.every(({ their, our }) => our !== undefined && implies(our, their)))
    return 'all';
  const apart =
    pairs.some(({ their, our }) => our !== undefined && excludes(our, their)) ||
    (ours.path !== undefined && theirs.path !== undefined && excludes(ours.path, theirs.path));
  return apart ? 'none' : 'some';
}

interface Text {
  readonly value: string;
  readonly how: 'exact' | 'prefix';
}

const implies = (ours: Text, theirs: Text): boolean =>
  theirs.how === 'prefix'
    ? ours.value.startsWith(theirs.value)
    : ours.how === 'exact' && ours.value === theirs.value;

function excludes(a: Text, b: Text): boolean {
  if (a.how === 'exact' && b.how === 'exact') return a.value !== b.value;
  if (a.how === 'exact') return !a.value.startsWith(b.value);
  if (b.how === 'exact') return !b.value.startsWith(a.value);
  return !a.value.startsWith(b.value) && !b.value.startsWith(a.value);
}
