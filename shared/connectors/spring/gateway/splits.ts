import type { DocumentRef } from '../../../model/entity.ts';
import type { Split, SplitDestination } from '../../../model/weights.ts';
import { hasExpression, sayConditions } from './definitions.ts';
import type { Gateways } from './gateways.ts';
import { byWeights, type Group, type GroupIn, groupsOf, isServed, revisionOf, weightsIn } from './groups.ts';
import { targetOf } from './targets.ts';

const prefix = 'spring-gateway/';

export const splitIdOf = ({ service, name }: Pick<Group, 'service' | 'name'>): string =>
  `${prefix}${encodeURIComponent(service)}/${encodeURIComponent(name)}`;

/** Null for a split of another system. */
export function groupIn(splitId: string): Pick<Group, 'service' | 'name'> | null {
  if (!splitId.startsWith(prefix)) return null;
  const [service, name] = splitId.slice(prefix.length).split('/');
  return service === undefined || name === undefined
    ? null
    : { service: decodeURIComponent(service), name: decodeURIComponent(name) };
}

/** What stands for a document: a group of routes, in the memory of however many copies of a gateway. */
export const refOf = (
  connectionId: string,
  { service, namespace, name }: Pick<Group, 'service' | 'namespace' | 'name'>,
): DocumentRef => ({
  connectionId,
  apiVersion: 'spring-cloud-gateway',
  kind: 'WeightGroup',
  namespace,
  name: `${service}/${name}`,
  uid: splitIdOf({ service, name }),
});

/** All splits of all gateways, as last read. */
export const readSplits = (gateways: Gateways): Split[] =>
  groupsOf(gateways.all()).flatMap((group) => splitOf(gateways, group) ?? []);

/** Null where no copy was read. The weights are those in force in most copies. */
export function splitOf(gateways: Gateways, group: Group): Split | null {
  const { fleet } = gateways;
  const alike = byWeights(group);
  const shown = alike[0]?.in[0];
  if (shown === undefined) return null;
  // Under one id the route of the file comes first and takes the calls; of what is laid over it only the weight counts.
  const targets = shown.routes.map(({ definition, under }) =>
    definition === null ? null : targetOf((under[0] ?? definition).uri, fleet),
  );
  const hosts = [...new Set(targets.flatMap((target) => target?.host ?? []))];
  const versions = new Set(targets.map((target) => target?.version));
  const tellsApart = hosts.length === 1 && versions.size === targets.length;
  const weights = weightsIn(shown);
  return {
    id: splitIdOf(group),
    connectionId: fleet.host.connectionId,
    document: refOf(fleet.host.connectionId, group),
    revision: revisionOf(group),
    serviceId: null,
    route: {
      index: 0,
      title: group.name,
      match: [conditionsOf(shown), ...disagreements(alike)].join(' · '),
      protocol: 'http',
    },
    hosts,
    gateways: [`${group.namespace}/${group.service}`],
    destinations: shown.routes.map(({ id }, index): SplitDestination => {
      const target = targets[index] ?? { host: '', version: null, readyInstances: null, problem: null };
      return {
        ...target,
        index,
        subset: id,
        port: null,
        title: (tellsApart ? target.version : null) ?? id,
        weight: weights[index] ?? 0,
      };
    }),
    ownership: null,
    beside: { by: ['header', 'cookie'], mirror: false },
    readOnly: whyReadOnly(group),
    // A gateway does not keep who wrote.
    changedBy: null,
  };
}

function conditionsOf({ routes }: GroupIn): string {
  const said = new Set(
    routes.flatMap(({ definition }) => (definition === null ? [] : sayConditions(definition))),
  );
  return [...said].join(' or ') || 'as its code says';
}

/** Which copies divide otherwise than most, and which serve something else than they store. */
function disagreements(alike: ReturnType<typeof byWeights>): string[] {
  const others = alike
    .slice(1)
    .flatMap(({ weights, in: some }) =>
      some.map(({ gateway }) => `${gateway.name} divides ${weights.join(' / ')}`),
    );
  const stale = alike
    .flatMap(({ in: some }) => some)
    .filter((one) => !isServed(one))
    .map(
      ({ gateway, routes }) =>
        `${gateway.name} stores ${routes.map(({ weight }) => weight ?? '?').join(' / ')} and does not serve it`,
    );
  return [...others, ...stale].slice(0, 4);
}

/** Why it cannot be changed here at all, else null. */
function whyReadOnly({ gateways }: Group): string | null {
  const locked = gateways.filter(({ gateway }) => gateway.table?.mayWrite === false);
  if (locked.length > 0)
    return `${namesOf(locked)} lets its routes only be read (management.endpoint.gateway.access).`;
  const routes = gateways.flatMap(({ routes: own }) => own);
  const coded = routes.find(({ definition }) => definition === null);
  if (coded !== undefined)
    return `Route ${coded.id} is made by the gateway’s own code: it has no definition that could be stored anew.`;
  const odd = routes.find(({ weight }) => weight === null);
  if (odd !== undefined)
    return `The weight of route ${odd.id} is stored as something that is no number: the gateway may not load its table at all. Mend that route first.`;
  const evaluated = routes.find(({ definition }) => hasExpression(definition));
  if (evaluated !== undefined)
    return `Route ${evaluated.id} holds “#{” or “\${”, which Spring evaluates with all rights of the gateway. Podium does not write that, not even unchanged.`;
  const ids = new Set(gateways.map(({ routes: own }) => JSON.stringify(own.map(({ id }) => id).sort())));
  if (ids.size > 1) return `${namesOf(gateways)} have different routes in this group.`;
  return null;
}

const namesOf = (some: readonly GroupIn[]): string => some.map(({ gateway }) => gateway.name).join(', ');
