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

/** Under every id that the node stands for: figures of a service may come from any of its systems. */
export function withOwn(health: Health, id: EntityId, nodes: Nodes, thresholds: HealthThresholds): Health {
  const given = idsOf(id, nodes).map((each) => [each, thresholds] as const);
  return { ...health, services: { ...health.services, ...Object.fromEntries(given) } };
}

/** Judged as all others again. */
export function withoutOwn(health: Health, id: EntityId, nodes: Nodes): Health {
  const gone = new Set(idsOf(id, nodes));
  const kept = Object.entries(health.services).filter(([each]) => !gone.has(each));
  return { ...health, services: Object.fromEntries(kept) };
}

export const isSame = (one: HealthThresholds, other: HealthThresholds): boolean =>
  one.degradedErrorRatio === other.degradedErrorRatio &&
  one.failingErrorRatio === other.failingErrorRatio &&
  one.minimumCalls === other.minimumCalls;

function idsOf(id: EntityId, nodes: Nodes): readonly EntityId[] {
  return [id, ...[...nodes].filter(([, node]) => node === id).map(([each]) => each)];
}
