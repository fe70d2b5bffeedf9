import type { Shares } from '../../model/change.ts';
import type { Split } from '../../model/weights.ts';
import { shortName } from './serviceHosts.ts';
import type { Weights } from '../kit/splitGuards.ts';

/** What traffic should look like once proxies have the weights. `all` are the splits of the mesh. */
export function expectationOf(split: Split, wanted: Weights, all: readonly Split[]): Shares {
  const total = wanted.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
  const alone = split.destinations.length === 1;
  return {
    kind: 'shares',
    splitId: split.id,
    host: split.destinations[0]?.host ?? split.hosts[0] ?? '',
    gateways: split.gateways,
    namespace: split.document.namespace,
    ambiguous: ambiguityOf(split, all),
    destinations: split.destinations.map((one, position) => ({
      index: one.index,
      host: one.host,
      subset: one.subset,
      version: one.version,
      share: alone ? 1 : total === 0 ? 0 : (wanted[position] ?? 0) / total,
    })),
  };
}

/** Proxies count by destination and not by route: where another route of the same proxies sends calls there too, nothing tells them apart. */
function ambiguityOf(split: Split, all: readonly Split[]): string | null {
  for (const other of all) {
    if (other.id === split.id || !other.gateways.some((one) => split.gateways.includes(one))) continue;
    const shared = other.destinations.find((there) =>
      // Without a weight of its own, a destination beside others gets nothing.
      split.destinations.some(
        (here) =>
          here.host === there.host &&
          here.subset === there.subset &&
          (there.weight !== 0 || other.destinations.length === 1),
      ),
    );
    if (shared === undefined) continue;
    const where =
      other.document.uid === split.document.uid
        ? `Route “${other.route.title}” of the same document`
        : `${other.document.namespace ?? ''}/${other.document.name}, route “${other.route.title}”,`;
    const to = `${shortName(shared.host)}${shared.subset === null ? '' : ` ${shared.subset}`}`;
    return `${where} sends calls to ${to} too, so the counts of this route cannot be told apart.`;
  }
  return null;
}
