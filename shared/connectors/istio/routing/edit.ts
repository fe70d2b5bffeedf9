import type { Caller, Guard } from '../../../model/change.ts';
import type { GreyMatch } from '../../../model/operation.ts';
import type { Weights } from '../../kit/splitGuards.ts';
import { at, type KubeObject } from '../../kube/objects.ts';

/** What one kind of change makes of the document, and what it means. */
export interface RoutingEdit {
  readonly after: KubeObject;
  readonly title: string;
  readonly guards: readonly Guard[];
  readonly notes: readonly string[];
  /** Why no count can show it. */
  readonly why: string;
  /** Whose calls should be divided how by then: counts by caller show that, whatever else goes there. */
  readonly counted?: { readonly caller: Caller; readonly weights: Weights };
}

/** Whose calls a match is about where it asks nothing else of them; null where counts cannot tell them apart. */
export function wholeCaller(match: GreyMatch | null): Caller | null {
  if (match === null || match.headers.length > 0 || match.cookie !== null) return null;
  return match.caller === null || match.caller.name === '' ? null : match.caller;
}

export const notTold =
  'Proxies count calls by where they go, not by the route that sent them there: what took this route is counted with all others.';

/** A copy of the document with other http routes. */
export const withRoutes = (document: KubeObject, http: readonly unknown[]): KubeObject => ({
  ...document,
  spec: { ...Object(at(document, 'spec')), http },
});
