import { z } from 'zod';
import type { Shares } from '../../model/change.ts';
import type { Split } from '../../model/weights.ts';
import { totalOf, type Weights } from '../kit/splitGuards.ts';
import type { Registry } from './registry.ts';

const router = z.object({
  Routes: z
    .array(
      z.object({
        Destination: z
          .object({ Service: z.string().nullish(), ServiceSubset: z.string().nullish() })
          .nullish(),
      }),
    )
    .nullish(),
});

/** What traffic should look like once proxies have the weights. `all` are the splits of the data centre. */
export function expectationOf(
  registry: Registry,
  split: Split,
  wanted: Weights,
  all: readonly Split[],
): Shares {
  const total = totalOf(wanted);
  return {
    kind: 'shares',
    splitId: split.id,
    host: split.hosts[0] ?? '',
    gateways: split.gateways,
    namespace: split.document.namespace,
    ambiguous: routeBeside(registry, split) ?? splitBeside(split, all),
    destinations: split.destinations.map(({ index, host, subset, version }, position) => ({
      index,
      host,
      subset,
      version,
      share: total === 0 ? 0 : (wanted[position] ?? 0) / total,
    })),
  };
}

/** Proxies count by service and subset: calls that a router sends to a subset by name cannot be told from divided ones. */
function routeBeside(registry: Registry, split: Split): string | null {
  const { name, namespace } = split.document;
  const entry = registry
    .entries('service-router')
    .find((one) => one.name === name && one.namespace === namespace);
  const routes = entry === undefined ? [] : (router.safeParse(entry.content).data?.Routes ?? []);
  const beside = routes.find(
    ({ Destination }) => (Destination?.Service || name) === name && Boolean(Destination?.ServiceSubset),
  );
  if (beside === undefined) return null;
  return `The service-router of ${name} sends calls to subset ${beside.Destination?.ServiceSubset ?? ''} too, so the counts of these weights cannot be told apart.`;
}

function splitBeside(split: Split, all: readonly Split[]): string | null {
  for (const other of all) {
    if (other.id === split.id) continue;
    const shared = other.destinations.some((there) =>
      split.destinations.some(
        (here) => here.host === there.host && here.subset === there.subset && there.weight !== 0,
      ),
    );
    if (shared)
      return `service-splitter ${other.document.name} sends calls there too, so the counts of this one cannot be told apart.`;
  }
  return null;
}
