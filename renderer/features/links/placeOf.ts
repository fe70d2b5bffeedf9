import type { ConnectionState } from '../../../shared/model/connection.ts';
import type { DeepLink } from '../../../shared/model/deepLink.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';

type Named = Pick<ConnectionState, 'id' | 'title' | 'state'>;
type Shown = Pick<GraphService, 'id' | 'connectionId' | 'name' | 'namespace' | 'kind' | 'faces'>;

/** What has become of finding a linked place. */
export type Found =
  | { readonly kind: 'service'; readonly id: EntityId }
  /** Several are called so: the first is shown. */
  | { readonly kind: 'several'; readonly id: EntityId; readonly titles: readonly string[] }
  | { readonly kind: 'notConnected' }
  /** The system that it names is there, and has not told of everything yet. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'noSuchService' };

/** Finds the node of the map that a link is about, also where another system’s name stands on it. */
export function placeOf(
  { context, namespace, service }: DeepLink,
  connections: readonly Named[],
  services: Iterable<Shown>,
): Found {
  const meant = connections.filter(
    ({ title }) => context === null || title.toLowerCase() === context.toLowerCase(),
  );
  const ids = new Set(meant.map(({ id }) => id));
  const found: { readonly id: EntityId; readonly connectionId: string }[] = [];
  for (const one of services) {
    const faces = [one, ...(one.faces ?? [])];
    const face = faces.find(
      (each) => each.name === service && each.namespace === namespace && ids.has(each.connectionId),
    );
    if (face !== undefined) found.push({ id: one.id, connectionId: face.connectionId });
  }
  const [first] = found;
  if (first !== undefined) {
    const titles = found.flatMap(
      ({ connectionId }) => meant.find(({ id }) => id === connectionId)?.title ?? [],
    );
    return found.length === 1
      ? { kind: 'service', id: first.id }
      : { kind: 'several', id: first.id, titles: [...new Set(titles)] };
  }
  if (meant.length === 0) return { kind: 'notConnected' };
  return { kind: meant.some(({ state }) => state === 'connecting') ? 'waiting' : 'noSuchService' };
}
