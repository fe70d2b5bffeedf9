import type { ConnectionId } from '../model/entity.ts';
import type { RegistryFinding } from '../model/registryFinding.ts';
import type { InstanceObservation } from '../model/topology.ts';
import { claimedAddresses } from './addressClaims.ts';
import { hostOf, rangeOf } from './addresses.ts';
import { formatList } from './formats.ts';
import { networksOf, type Networks } from './networks.ts';
import type { FaceTold, NodeTold } from './told.ts';

type Found = Pick<RegistryFinding, 'rule' | 'text'>;

/** An instance begins, registers and is handed to clients: Eureka's usual delays add up to this (40 s, 30 s, some spare). */
const registersWithinMs = 90_000;

/**
 * Where systems contradict each other about the services of the map, what misleads most first. What a system does not say is
 * no contradiction, and systems whose networks are not known to be one are not compared by addresses. `now`: epoch ms.
 */
export function registryFindings(nodes: readonly NodeTold[], now: number): RegistryFinding[] {
  const networks = networksOf(nodes);
  const ranges = rangesRun(nodes);
  const own = nodes.flatMap((node) =>
    ofNode(node, networks, ranges, now).map((found) => ({ ...found, serviceId: node.id, otherId: null })),
  );
  return [
    ...claimedAddresses(nodes, networks),
    ...order.flatMap((rule) => own.filter((one) => one.rule === rule)),
  ];
}

const order: readonly RegistryFinding['rule'][] = [
  'registered-unanswered',
  'registered-nowhere',
  'not-registered',
  'versions-differ',
];

function ofNode(
  { faces }: NodeTold,
  networks: Networks,
  ranges: ReadonlyMap<ConnectionId, ReadonlySet<string>>,
  now: number,
): Found[] {
  const registries = faces.filter(({ runs }) => !runs);
  const runner = faces.find(({ runs, instances }) => runs && instances.length > 0);
  const silent = registries.flatMap((registry) => unanswered(registry, runner));
  if (runner === undefined) return [...silent, ...versionsDiffer(faces)];
  const near = registries.filter((registry) => networks.areOne(registry.connectionId, runner.connectionId));
  return [
    ...silent,
    ...near.flatMap((registry) => strangers(registry, runner, ranges.get(runner.connectionId) ?? new Set())),
    ...unregistered(near, runner, now),
    ...versionsDiffer(faces),
  ];
}

/** A registry that lists a service which nobody answers for, by its own checks or by those of who runs it. */
function unanswered({ system, instances }: FaceTold, runner: FaceTold | undefined): Found[] {
  const rule = 'registered-unanswered';
  if (instances.length === 0) return [];
  const passing = instances.filter(({ ready }) => ready);
  if (passing.length === 0) {
    const listed =
      instances.length === 1
        ? 'one instance, which does not pass its checks'
        : `${instances.length} instances, none of which passes its checks`;
    return [{ rule, text: `${system} lists ${listed}.` }];
  }
  const running = byHost(runner?.instances ?? []);
  const known = passing.flatMap(({ address }) => running.get(hostOf(address ?? '')) ?? []);
  if (runner === undefined || known.length < passing.length || known.some(({ ready }) => ready)) return [];
  return [
    {
      rule,
      text: `${system} sends calls to ${few(passing.map(({ name }) => name))}; ${runner.system} says that ${known.length === 1 ? 'it is not ready' : 'none of them is ready'}.`,
    },
  ];
}

/** Only what lies where the runner's instances lie: a service may also run on machines that it knows nothing of. */
function strangers(registry: FaceTold, runner: FaceTold, ranges: ReadonlySet<string>): Found[] {
  const running = byHost(runner.instances);
  const gone = registry.instances.filter(
    ({ address }) =>
      address !== undefined && !running.has(hostOf(address)) && ranges.has(rangeOf(hostOf(address))),
  );
  if (gone.length === 0) return [];
  const names = gone.map(({ name, address }) => `${name} (${address})`);
  return [
    {
      rule: 'registered-nowhere',
      text: `${registry.system} lists what ${runner.system} does not run: ${few(names)}.`,
    },
  ];
}

/**
 * What runs and no registry knows. Only where a sibling is registered: else the service is not meant to be. One that began a
 * moment ago has yet to register, and one that is not ready may wait with it.
 */
function unregistered(registries: readonly FaceTold[], runner: FaceTold, now: number): Found[] {
  const running = byHost(runner.instances);
  const listing = registries.filter(({ instances }) =>
    instances.some(({ address }) => address !== undefined && running.has(hostOf(address))),
  );
  if (listing.length === 0) return [];
  const listed = byHost(listing.flatMap(({ instances }) => instances));
  const missing = runner.instances.filter(
    ({ ready, address, startedAt }) =>
      ready &&
      address !== undefined &&
      !listed.has(hostOf(address)) &&
      (startedAt === null || now - startedAt > registersWithinMs),
  );
  if (missing.length === 0) return [];
  const names = few(missing.map(({ name }) => name));
  return [
    {
      rule: 'not-registered',
      text: `${missing.length} of ${runner.instances.length} instances in ${runner.system} are not known to ${formatList(listing.map(({ system }) => system))}: ${names}.`,
    },
  ];
}

/** By instance where two systems list the same, else by the service: a system that lists fewer need not mean others. */
function versionsDiffer(faces: readonly FaceTold[]): Found[] {
  const rule = 'versions-differ';
  const telling = faces.filter(({ versions }) => versions.length > 0);
  const [first, ...others] = telling;
  if (first === undefined) return [];
  const pairs = others.map((other) => ({ other, shared: sharedInstances(first, other) }));
  const told = pairs.flatMap(({ other, shared }) => {
    const odd = shared.filter(([one, same]) => one.version !== same.version);
    if (odd.length === 0) return [];
    const said = odd.map(
      ([one, same]) =>
        `${one.name} is ${one.version} to ${first.system} and ${same.version} to ${other.system}`,
    );
    return [{ rule, text: `Versions differ: ${few(said)}.` } as const];
  });
  const apart = pairs.filter(({ shared }) => shared.length === 0).map(({ other }) => other);
  const distinct = new Set([first, ...apart].map(({ versions }) => [...versions].sort().join('\n')));
  if (distinct.size < 2) return told;
  const said = [first, ...apart].map(({ system, versions }) => `${system} says ${few([...versions].sort())}`);
  return [...told, { rule, text: `Versions differ: ${formatList(said)}.` }];
}

/** Instances that both systems list, as far as both say their version. */
function sharedInstances(one: FaceTold, other: FaceTold): [InstanceObservation, InstanceObservation][] {
  const there = byHost(other.instances);
  return one.instances.flatMap((instance): [InstanceObservation, InstanceObservation][] => {
    const same = there.get(hostOf(instance.address ?? ''));
    return same === undefined || instance.version === null || same.version === null ? [] : [[instance, same]];
  });
}

function rangesRun(nodes: readonly NodeTold[]): Map<ConnectionId, Set<string>> {
  const ranges = new Map<ConnectionId, Set<string>>();
  for (const { runs, connectionId, instances } of nodes.flatMap(({ faces }) => faces)) {
    if (!runs) continue;
    const own = ranges.get(connectionId) ?? new Set();
    for (const { address } of instances) if (address !== undefined) own.add(rangeOf(hostOf(address)));
    ranges.set(connectionId, own);
  }
  return ranges;
}

function byHost(instances: readonly InstanceObservation[]): Map<string, InstanceObservation> {
  return new Map(
    instances.flatMap((one) => (one.address === undefined ? [] : [[hostOf(one.address), one] as const])),
  );
}

const few = (names: readonly string[]): string =>
  names.length <= 4 ? formatList(names) : `${names.slice(0, 3).join(', ')} and ${names.length - 3} others`;
