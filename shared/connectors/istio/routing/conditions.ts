import type { GreyMatch } from '../../../model/operation.ts';
import { PeerError } from '../../kit/peerError.ts';
import { at, listAt, mapAt, textAt } from '../../kube/objects.ts';
import type { Mesh } from '../mesh.ts';
import { findCaller } from '../isolation/callers.ts';

/** What a header has to be, as a match has it. */
type Text = { readonly exact: string } | { readonly prefix: string } | { readonly regex: string };

/** The conditions that a form can say, as one entry of a route's `match` has them. */
export interface Conditions {
  readonly headers: Readonly<Record<string, Text>>;
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace: string | null;
}

/** Conditions for Envoy of what an operator asked for. Throws `PeerError` for what no request could meet. */
export function conditionsOf(mesh: Mesh, match: GreyMatch): Conditions {
  if (match.headers.length === 0 && match.cookie === null && match.caller === null)
    throw refused(
      'A grey route needs a condition: a header, a cookie or a caller. Without one it takes all calls.',
    );
  const headers = new Map<string, Text>();
  for (const { name, value, how } of match.headers) {
    const key = headerName(name);
    if (headers.has(key))
      throw refused(`The header ${key} stands here twice; a request meets only one of them.`);
    if (value === '' || !printable.test(value))
      throw refused(`The header ${key}: “${value}” is not a value that a request can carry.`);
    headers.set(key, how === 'exact' ? { exact: value } : { prefix: value });
  }
  if (match.cookie !== null) {
    if (headers.has('cookie'))
      throw refused('Name the cookie either as a cookie or as a header, not as both.');
    headers.set('cookie', { regex: cookiePattern(match.cookie.name, match.cookie.value) });
  }
  return { headers: Object.fromEntries(headers), ...callerOf(mesh, match.caller) };
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

function callerOf(
  mesh: Mesh,
  caller: GreyMatch['caller'],
): Pick<Conditions, 'sourceLabels' | 'sourceNamespace'> {
  if (caller === null) return { sourceLabels: {}, sourceNamespace: null };
  const { namespace, name } = caller;
  if (name === '') {
    if (namespace === null) throw refused('Name the caller, or the namespace of all callers that are meant.');
    return { sourceLabels: {}, sourceNamespace: namespace };
  }
  const found = findCaller(mesh, caller);
  if (found === null)
    throw refused(
      `No pods of ${namespace ?? ''}${namespace === null ? '' : '/'}${name} are seen here, so its proxies cannot be told from others.`,
    );
  return { sourceLabels: Object.fromEntries(found.labels), sourceNamespace: namespace };
}

/** One entry of `match` with these conditions beside its own. Throws `PeerError` where both name the same thing. */
export function withConditions(
  entry: unknown,
  { headers, sourceLabels, sourceNamespace }: Conditions,
): object {
  const own = { headers: at(entry, 'headers'), labels: mapAt(entry, 'sourceLabels') };
  for (const name of Object.keys(headers)) {
    if (at(own.headers, name) !== undefined)
      throw refused(`The route itself has a condition on the header ${name}; edit the document instead.`);
  }
  const named = Object.keys(sourceLabels).length > 0 || sourceNamespace !== null;
  if (named && (own.labels.size > 0 || textAt(entry, 'sourceNamespace') !== null))
    throw refused('The route itself is for some callers only; edit the document instead.');
  // With gateways named, istiod looks at nothing else of the proxy (sourceMatchHTTP): the caller would be any caller.
  if (named && listAt(entry, 'gateways').length > 0)
    throw refused(
      'The route names gateways in its conditions, beside which Istio ignores conditions on the caller: all callers would take the new route.',
    );
  const base = typeof entry === 'object' && entry !== null ? structuredClone(entry) : {};
  const merged = { ...(typeof own.headers === 'object' ? own.headers : {}), ...headers };
  return {
    ...base,
    ...(Object.keys(merged).length === 0 ? {} : { headers: merged }),
    ...(Object.keys(sourceLabels).length === 0 ? {} : { sourceLabels }),
    ...(sourceNamespace === null ? {} : { sourceNamespace }),
  };
}

const refused = (why: string): PeerError => new PeerError('refused', why);
