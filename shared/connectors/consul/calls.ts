import { z } from 'zod';
import type { CallObservation, NamespacedName } from '../../model/topology.ts';
import { readIntentions } from './intentions.ts';
import type { Catalog, Registry } from './registry.ts';

const router = z.object({
  Routes: z.array(z.object({ Destination: z.object({ Service: z.string().nullish() }).nullish() })).nullish(),
});

/** Calls that sidecars are set up for, and that intentions let through or deny, between services of this data centre. */
export function readCalls(registry: Registry, catalog: Catalog): CallObservation[] {
  const found = new Map<string, CallObservation>();
  const known = new Set(catalog.instances.map((one) => `${one.namespace}/${one.service}`));
  const policy = readIntentions(registry);
  const add = (caller: NamespacedName, callee: NamespacedName, basis: string): void => {
    const key = `${caller.namespace}/${caller.name} ${callee.namespace}/${callee.name}`;
    if (found.has(key) || !known.has(`${callee.namespace}/${callee.name}`)) return;
    found.set(key, { caller, callee, basis, allowed: policy.allows(caller, callee) });
  };
  for (const { proxyOf, namespace } of catalog.all) {
    if (proxyOf === null) continue;
    const caller = { namespace, name: proxyOf.service };
    for (const upstream of proxyOf.upstreams) {
      if (upstream.datacenter !== null && upstream.datacenter !== registry.datacenter) continue;
      const callee = { namespace: upstream.namespace, name: upstream.name };
      add(caller, callee, 'upstream of its proxy');
      for (const name of routedTo(registry, callee))
        add(caller, { ...callee, name }, `service-router ${callee.name}, upstream of its proxy`);
    }
  }
  for (const { caller, callee } of policy.exact) {
    if (known.has(`${caller.namespace}/${caller.name}`)) add(caller, callee, 'intention');
  }
  return [...found.values()];
}

/** Other services to which a router sends calls of this one. */
function routedTo(registry: Registry, { namespace, name }: NamespacedName): string[] {
  const entry = registry
    .entries('service-router')
    .find((one) => one.name === name && one.namespace === namespace);
  const routes = entry === undefined ? [] : (router.safeParse(entry.content).data?.Routes ?? []);
  return routes.flatMap(({ Destination }) =>
    Destination?.Service && Destination.Service !== name ? [Destination.Service] : [],
  );
}
