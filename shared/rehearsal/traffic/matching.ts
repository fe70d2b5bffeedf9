import { fieldsAt, listAt, textOf, textsOf, type Fields } from './reading.ts';

/** What of a request a proxy's routes and policies look at. */
export interface AskedRequest {
  /** The host that was asked for, fully qualified. */
  readonly authority: string;
  readonly path: string;
  readonly method: string;
  /** Of the Service; null where nothing declares the host. */
  readonly port: number | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whose proxy asks. */
export interface AskingProxy {
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
}

/** Whether a route takes a request. */
export type Accepts = (asked: AskedRequest, proxy: AskingProxy) => boolean;

/** One of several match blocks is enough; none at all takes everything. */
export function compileMatches(matches: readonly unknown[]): Accepts {
  if (matches.length === 0) return () => true;
  const tests = matches.map((match) => compileMatch(fieldsAt(match)));
  return (asked, proxy) => tests.some((test) => test(asked, proxy));
}

/** All of a block's conditions have to hold. */
function compileMatch(match: Fields): Accepts {
  const ignoreCase = match['ignoreUriCase'] === true;
  const uri = compileText(fieldsAt(match, 'uri'), ignoreCase);
  const method = compileText(fieldsAt(match, 'method'));
  const authority = compileText(fieldsAt(match, 'authority'));
  const scheme = compileText(fieldsAt(match, 'scheme'));
  const { port } = match;
  const headers = compileHeaders(fieldsAt(match, 'headers'));
  const without = compileHeaders(fieldsAt(match, 'withoutHeaders'));
  // The fleet's requests have no query, so a condition on one never holds.
  const asksQuery = Object.keys(fieldsAt(match, 'queryParams')).length > 0;
  const fromProxy = compileProxy(match);
  return (asked, proxy) =>
    !asksQuery &&
    fromProxy(proxy) &&
    uri(asked.path) &&
    method(asked.method) &&
    authority(asked.authority) &&
    // What programs send is plain until their proxy has it.
    scheme('http') &&
    (port === undefined || port === 0 || port === asked.port) &&
    headers.every(({ name, test }) => test(asked.headers[name])) &&
    !without.some(({ name, test }) => test(asked.headers[name]));
}

/** The part of a block that istiod decides itself: a proxy it does not concern never gets the block. */
function compileProxy(match: Fields): (proxy: AskingProxy) => boolean {
  const gateways = listAt(match, 'gateways');
  // With gateways named, istiod looks at nothing else of the proxy (sourceMatchHTTP in its route builder).
  if (gateways.length > 0) return () => gateways.includes('mesh');
  const labels = Object.entries(textsOf(match['sourceLabels']));
  const namespace = textOf(match['sourceNamespace']) ?? '';
  return (proxy) =>
    labels.every(([name, value]) => proxy.labels[name] === value) &&
    (namespace === '' || namespace === proxy.namespace);
}

type TextTest = (value: string | undefined) => boolean;

function compileHeaders(given: Fields): { readonly name: string; readonly test: TextTest }[] {
  return Object.entries(given).map(([name, condition]) => {
    const text = fieldsAt(condition);
    // No condition, and the pattern `*`, ask only whether the header is there.
    const presence = Object.keys(text).length === 0 || text['regex'] === '*';
    return {
      name: name.toLowerCase(),
      test: presence ? (value) => value !== undefined : compileText(text),
    };
  });
}

/** `exact`, `prefix` or `regex` (RE2, over the whole text); a condition that is not there always holds. */
function compileText(given: Fields, ignoreCase = false): TextTest {
  const folded = (value: string): string => (ignoreCase ? value.toLowerCase() : value);
  const exact = textOf(given['exact']);
  if (exact !== null) return (value) => value !== undefined && folded(value) === folded(exact);
  const prefix = textOf(given['prefix']);
  if (prefix !== null) return (value) => value !== undefined && folded(value).startsWith(folded(prefix));
  const pattern = textOf(given['regex']);
  if (pattern === null) return () => true;
  const compiled = wholeText(pattern);
  return (value) => value !== undefined && compiled?.test(value) === true;
}

/** An RE2 pattern as far as JavaScript's are the same; null for one that is none. */
export function wholeText(pattern: string): RegExp | null {
  const insensitive = pattern.startsWith('(?i)');
  try {
    return new RegExp(`^(?:${insensitive ? pattern.slice(4) : pattern})$`, insensitive ? 'is' : 's');
  } catch {
    return null;
  }
}
