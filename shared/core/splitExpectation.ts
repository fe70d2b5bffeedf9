import type { Shares } from '../model/change.ts';
import type { Split } from '../model/weights.ts';

/** What traffic should look like while a split stands as declared. */
export function expectationOf(split: Split): Shares {
  const total = split.destinations.reduce((sum, destination) => sum + (destination.weight ?? 0), 0);
  const only = split.destinations.length === 1;
  return {
    kind: 'shares',
    splitId: split.id,
    host: split.destinations[0]?.host ?? split.hosts[0] ?? '',
    gateways: split.gateways,
    namespace: split.document.namespace,
    ambiguous: null,
    destinations: split.destinations.map(({ index, host, subset, version, weight }) => ({
      index,
      host,
      subset,
      version,
      share: only ? 1 : total === 0 ? 0 : (weight ?? 0) / total,
    })),
  };
}
