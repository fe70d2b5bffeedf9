import type { Split } from '../../model/weights.ts';
import { refOf } from '../kube/documents/change.ts';
import { changedByOf, ownershipOf } from '../kube/documents/ownership.ts';
import { type KubeObject, numberAt } from '../kube/objects.ts';
import { shortName } from '../kube/serviceHosts.ts';
import { type Backends, createBackends } from './backends.ts';
import { standingOf } from './conditions.ts';
import type { RouteWorld } from './routeWorld.ts';
import { type Backend, gatewaysOf, hostsOf, type Rule, rulesOf, splitIdOf } from './rules.ts';

/** All splits of HTTPRoutes and GRPCRoutes as they are now, by document and rule. */
export function readSplits(world: RouteWorld): Split[] {
  const backends = createBackends(world);
  return world.documents().flatMap((document) => {
    const rules = rulesOf(document);
    return rules.map((rule) => splitOf(world, document, rule, rules, backends));
  });
}

/** One rule as a split. */
export function splitOf(
  world: RouteWorld,
  document: KubeObject,
  rule: Rule,
  rules: readonly Rule[],
  backends: Backends,
): Split {
  const ownership = ownershipOf(document, world.rollouts());
  const standings = rule.backends.map((one) => backends.standing(one, document));
  const versions = standings.map(({ version }) => version);
  const total = rule.backends.reduce((sum, { weight }) => sum + weight, 0);
  const told = new Set(versions).size === versions.length && !versions.includes(null);
  return {
    id: splitIdOf(document, rule, rules),
    connectionId: world.host.connectionId,
    document: refOf(world.host.connectionId, document),
    revision: revisionOf(document),
    serviceId: null,
    route: { index: rule.index, title: rule.title, match: rule.match, protocol: 'http' },
    hosts: hostsOf(document),
    gateways: gatewaysOf(document),
    ...(total < 100 ? { freeSum: true } : {}),
    destinations: rule.backends.map((one, position) => ({
      index: one.index,
      host: one.host,
      subset: null,
      port: one.port,
      title: (told ? versions[position] : null) ?? titleOf(one),
      version: versions[position] ?? null,
      weight: one.weight,
      readyInstances: standings[position]?.readyInstances ?? null,
      problem: standings[position]?.problem ?? null,
    })),
    ownership,
    beside: { by: [], mirror: false },
    readOnly: ownership?.decidesWeights === true ? ownership.consequence : null,
    changedBy: changedByOf(document),
    standing: standingOf(world, document),
  };
}

const titleOf = ({ kind, name }: Backend): string => (kind === 'Service' ? name : `${kind} ${name}`);

/** Controllers write their word into the document, which moves its revision and not its generation. */
export const revisionOf = (document: KubeObject): string =>
  String(numberAt(document, 'metadata', 'generation') ?? document.metadata.resourceVersion);

/** The name of the service whose calls a split divides: its parent, else its first backend. */
export const subjectOf = (split: Split): string =>
  shortName(split.hosts[0] ?? split.destinations[0]?.host ?? split.document.name);
