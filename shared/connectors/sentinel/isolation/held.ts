import type { Fleet } from '../fleet.ts';
import { resourceOf } from '../rules.ts';
import type { Block, BlockHolding } from './holding.ts';
import { markerOf } from './marker.ts';

export const tripIdOf = ({ application, marker }: Block): string => `${marker.operationId}@${application}`;

/** What rules of instances tell of trips, whoever made them, and what this session holds and no instance tells now. */
export function heldTrips(fleet: Fleet, holding: BlockHolding): readonly Block[] {
  const found = new Map(holding.all().map((block) => [tripIdOf(block), block]));
  const ours = new Set(found.keys());
  for (const { app, rules } of fleet.members())
    for (const rule of rules?.flow ?? []) {
      const marker = markerOf(rule);
      const resource = resourceOf(rule);
      if (marker === null || resource === '') continue;
      const block = { application: app, resources: [resource], marker };
      const id = tripIdOf(block);
      if (ours.has(id)) continue;
      const known = found.get(id);
      if (known === undefined) found.set(id, block);
      else if (!known.resources.includes(resource) && known.resources.length < 100)
        found.set(id, { ...known, resources: [...known.resources, resource] });
    }
  return [...found.values()].sort((a, b) => tripIdOf(a).localeCompare(tripIdOf(b), 'en'));
}
