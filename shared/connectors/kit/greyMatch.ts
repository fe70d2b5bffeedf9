import type { GreyMatch } from '../../model/operation.ts';
import { PeerError } from './peerError.ts';

/** What Envoy is to ask of one header. */
export interface HeaderText {
  readonly how: 'exact' | 'prefix' | 'regex';
  readonly value: string;
}

/** The headers that a grey route asks for, a cookie among them. Throws `PeerError` for what no request could meet. */
export function headersOf(match: GreyMatch): ReadonlyMap<string, HeaderText> {
  const headers = new Map<string, HeaderText>();
  for (const { name, value, how } of match.headers) {
    const key = headerName(name);
    if (headers.has(key))
      throw refused(`The header ${key} stands here twice; a request meets only one of them.`);
    if (value === '' || !printable.test(value))
      throw refused(`The header ${key}: “${value}” is not a value that a request can carry.`);
    headers.set(key, { how, value });
  }
  if (match.cookie !== null) {
    if (headers.has('cookie'))
      throw refused('Name the cookie either as a cookie or as a header, not as both.');
    headers.set('cookie', { how: 'regex', value: cookiePattern(match.cookie.name, match.cookie.value) });
  }
  return headers;
}

/** RFC 9110 tokens. Envoy knows header names in lower case only; `:authority` and its like are no headers here. */
function headerName(name: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
    throw refused(`“${name}” is not the name of a header: letters, digits and - only.`);
  return name.toLowerCase();
}

const printable = /^[\x20-\x7e]+$/;

/**
 * One cookie among those that a request carries, as an expression over the whole header: Envoy has all cookies in one header,
 * joined by "; ".
 */
function cookiePattern(name: string, value: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw refused(`“${name}” is not the name of a cookie.`);
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value))
    throw refused(
      `“${value}” is not a value that a cookie can have: no spaces, quotes, commas or semicolons.`,
    );
  return `^(.*; ?)?${quoteRe2(name)}=${quoteRe2(value)}(;.*)?$`;
}

/** The cookie that such an expression is about; null for any other expression. */
export function readCookiePattern(pattern: string): GreyMatch['cookie'] {
  const found = /^\^\(\.\*; \?\)\?(.+?)=(.*)\(;\.\*\)\?\$$/.exec(pattern);
  if (found?.[1] === undefined || found[2] === undefined) return null;
  const cookie = { name: unquoteRe2(found[1]), value: unquoteRe2(found[2]) };
  try {
    return cookiePattern(cookie.name, cookie.value) === pattern ? cookie : null;
  } catch {
    return null;
  }
}

const quoteRe2 = (text: string): string => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');
const unquoteRe2 = (text: string): string => text.replaceAll(/\\(.)/g, '$1');

/** Names of routes that are ours to take away begin so. */
export const greyPrefix = 'podium-grey-';

/** The whole name of a grey route that somebody typed. Throws `PeerError` where it is none. */
export function greyName(name: string): string {
  const bare = name.startsWith(greyPrefix) ? name.slice(greyPrefix.length) : name;
  if (!/^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$/.test(bare))
    throw refused(`“${name}” is no name for a route: small letters, digits and - only, at most 48 of them.`);
  return greyPrefix + bare;
}

const refused = (why: string): PeerError => new PeerError('refused', why);
