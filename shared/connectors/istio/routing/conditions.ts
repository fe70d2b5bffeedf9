import type { GreyMatch } from '../../../model/operation.ts';
import { headersOf } from '../../kit/greyMatch.ts';
import { PeerError } from '../../kit/peerError.ts';
import { at, listAt, mapAt, textAt } from '../../kube/objects.ts';
import type { Mesh } from '../mesh.ts';
import { findCaller } from '../../kube/callerPods.ts';

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
  if (match.path !== undefined)
    throw refused(
      'A path has a route of its own in a VirtualService, with its own weights; edit the document instead.',
    );
  const headers = [...headersOf(match)].map(([name, { how, value }]) => [name, { [how]: value } as Text]);
  return { headers: Object.fromEntries(headers) as Conditions['headers'], ...callerOf(mesh, match.caller) };
}

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
