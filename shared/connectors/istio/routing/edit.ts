import type { Guard } from '../../../model/change.ts';
import { at, type KubeObject } from '../../kube/objects.ts';

/** What one kind of change makes of the document, and what it means. */
export interface RoutingEdit {
  readonly after: KubeObject;
  readonly title: string;
  readonly guards: readonly Guard[];
  readonly notes: readonly string[];
  /** Why no count can show it. */
  readonly why: string;
}

export const notTold =
  'Proxies count calls by where they go, not by the route that sent them there: what took this route is counted with all others.';

/** Routes of this name are ours to take away. */
export const greyPrefix = 'podium-grey-';

/** A copy of the document with other http routes. */
export const withRoutes = (document: KubeObject, http: readonly unknown[]): KubeObject => ({
  ...document,
  spec: { ...Object(at(document, 'spec')), http },
});
