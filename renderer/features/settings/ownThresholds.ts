import type { EntityId } from '../../../shared/model/entity.ts';
import type { HealthThresholds, Settings } from '../../../shared/model/settings.ts';

type Health = Settings['health'];
/** Which node of the map stands for the service that each system knows. */
type Nodes = ReadonlyMap<EntityId, EntityId>;

/** Services with thresholds of their own, each once, whichever systems know it. */
export function ownThresholds(
  { services }: Health,
  nodes: Nodes,
): readonly { readonly id: EntityId; readonly thresholds: HealthThresholds }[] {
  const byNode = new Map(
    Object.entries(services).map(([id, thresholds]) => [nodes.get(id) ?? id, thresholds] as const),
  );
  return [...byNode].map(([id, thresholds]) => ({ id, thresholds }));
}

/** Under every id that the node stands for: figures of a service may come from any of its systems. By null it is judged as all. */
export function underItsIds<T extends HealthThresholds | null>(
  id: EntityId,
  nodes: Nodes,
  thresholds: T,
): Record<EntityId, T> {
  const ids = [id, ...[...nodes].filter(([, node]) => node === id).map(([each]) => each)];
  return Object.fromEntries(ids.map((each) => [each, thresholds]));
}

export const isSame = (one: HealthThresholds, other: HealthThresholds): boolean =>
  one.degradedErrorRatio === other.degradedErrorRatio &&
  one.failingErrorRatio === other.failingErrorRatio &&
  one.minimumCalls === other.minimumCalls;
